namespace Unmask.Pipeline.Solvers;

/// <summary>
/// What states leave of the scores, each row less its weighted mean: root mean square in units of the storage error (<paramref name="Weighted"/>) and
/// as it is.
/// </summary>
internal sealed record SubspaceResidual(double Weighted, double Plain)
{
    // As the verdict has it: storage rounds once, whoever computed the maps a few more times, and double precision is held to what the
    // conditioning at the least number of tokens leaves of it.
    private const double Roundings = 32;
    private const double DoubleLog = 1e-6;

    public bool Explained => Weighted <= Roundings || Plain <= DoubleLog;

    public static SubspaceResidual Of(AttentionLayer layer, Seq<WeightedBlock> maps, Matrix x)
    {
        var (weighted, plain, count) = (0.0, 0.0, 0);
        foreach (var (head, map) in layer.Heads.Zip(maps))
        {
            var scores = Forward.Scores(layer, head, x);
            for (var i = 0; i < map.Rows; i++)
            {
                var (sum, weights) = (0.0, 0.0);
                for (var j = 0; j < map.Columns; j++)
                {
                    var w = map.Weights[i, j] * map.Weights[i, j];
                    if (w == 0) continue;
                    (sum, weights) = (sum + w * (map.Values[i, j] - scores[i, j]), weights + w);
                }

                for (var j = 0; j < map.Columns; j++)
                {
                    if (map.Weights[i, j] == 0) continue;
                    var e = map.Values[i, j] - scores[i, j] - sum / weights;
                    (weighted, plain, count) = (weighted + Math.Pow(map.Weights[i, j] * e, 2), plain + e * e, count + 1);
                }
            }
        }

        return new SubspaceResidual(Math.Sqrt(weighted / Math.Max(1, count)), Math.Sqrt(plain / Math.Max(1, count)));
    }
}
