namespace Unmask.Pipeline.Solvers;

/// <summary>
/// G ≈ U Vᵀ + r 1ᵀ of a given rank, by weighted least squares over what was seen: docs/subspace.md (S3). Rows of <paramref name="U"/> and of
/// <paramref name="V"/> that too few entries determine are null.
/// </summary>
internal sealed record LowRankFit(double[]?[] U, double[]?[] V)
{
    // A complete block with weights within this factor of each other is fitted as if they were equal.
    private const double Even = 16;

    /// <summary>The fit, or none where no block of it is complete enough to start from.</summary>
    public static LowRankFit? Of(WeightedBlock block, int rank)
    {
        var most = block.Weights.MaxNorm();
        for (var least = most / Even; most > 0; least = least > most * 1e-8 ? least / Even : double.Epsilon)
        {
            var roomy = CompleteBlock.Of(block, least, Math.Min(block.Rows, 2 * rank), Math.Min(block.Columns, 2 * rank + 1));
            var start = least > double.Epsilon ? roomy : roomy ?? CompleteBlock.Of(block, least, rank, rank + 1);
            if (start is not null) return From(block, start, rank);
            if (least == double.Epsilon) return null;
        }

        return null;
    }

    private static LowRankFit From(WeightedBlock block, CompleteBlock start, int rank)
    {
        var complete = block.Select(start.Rows, start.Columns);
        var g = complete.Values.CentreRows();
        // Pivoted QR finds the row space up to the noise; two orthogonal iterations make it that of the truncated singular value decomposition.
        var v = HouseholderQr.Of(g.Transpose(), rank, pivoted: true).Q();
        // An orthonormal basis after every product: squared, G would lose the weakest directions.
        for (var k = 0; k < 2; k++) v = HouseholderQr.Of(g.Transpose() * HouseholderQr.Of(g * v).Q()).Q();
        var u = g * v;
        var fit = new LowRankFit(Spread(u, start.Rows, block.Rows), Spread(v, start.Columns, block.Columns));
        return complete.Rows == block.Rows && complete.Columns == block.Columns ? fit : WeightedSweeps.Run(block, fit.V, rank);
    }

    private static double[]?[] Spread(Matrix found, IReadOnlyList<int> places, int count)
    {
        var spread = new double[]?[count];
        for (var k = 0; k < places.Count; k++) spread[places[k]] = found.Row(k).ToArray();
        return spread;
    }
}
