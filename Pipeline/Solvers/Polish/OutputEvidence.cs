namespace Unmask.Pipeline.Solvers;

/// <summary>What a problem's output says beside its maps, one term a head: maps and value weights make it, and both are known.</summary>
internal static class OutputEvidence
{
    public static Seq<OutputTerm> Of(Problem problem, Matrix x, double share) =>
        problem.Output.Bind(output => problem.Value.Map(value => (output, value))).Match(
            Some: seen => toSeq(Enumerable.Range(0, problem.Layer.Heads.Count))
                .Map(index => OfHead(problem, index, seen.output, seen.value, x, share)).Strict(),
            None: () => Empty);

    private static OutputTerm OfHead(Problem problem, int index, Matrix output, Matrix value, Matrix x, double share)
    {
        var width = value.Columns / problem.Layer.Heads.Count;
        var own = value.ColumnsFrom(index * width, width);
        var map = problem.Observation == Observation.Scores ? Forward.SoftmaxRows(problem.Observed[index]) : problem.Observed[index];
        var observed = output.ColumnsFrom(index * width, width);
        return new OutputTerm(map, own, observed, Weights(problem, map, observed, x.Transpose() * own, share));
    }

    // (N7): the output's own rounding, that of the map it is explained by, and a float32 sum's. One weight a row, from the mean variance in it.
    private static double[] Weights(Problem problem, Matrix map, Matrix observed, Matrix carried, double share)
    {
        const double unit = 1.0 / (1 << 24);
        var weights = new double[map.Rows];
        for (var i = 0; i < map.Rows; i++)
        {
            var variance = 0.0;
            foreach (var y in observed.Row(i)) variance += StorageNoise.Of(problem.Precision, y);
            for (var j = 0; j < map.Columns; j++)
            {
                var square = System.Numerics.Tensors.TensorPrimitives.SumOfSquares(carried.Row(j));
                var relative = map[i, j] > 0 ? StorageNoise.OfLog(problem.Precision, map[i, j]) : 0;
                variance += map[i, j] * map[i, j] * square * (relative + share * unit * unit * (problem.Layer.D + map.Columns) / 6);
            }

            weights[i] = variance > 0 ? observed.Columns / variance : 0;
        }

        return weights;
    }
}
