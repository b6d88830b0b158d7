namespace Unmask.Pipeline.Solvers;

/// <summary>
/// G ≈ U Vᵀ + r 1ᵀ of a given rank, by weighted least squares over what was seen: docs/subspace.md (S3). Rows of <paramref name="U"/> and of
/// <paramref name="V"/> that too few entries determine are null.
/// </summary>
internal sealed record LowRankFit(double[]?[] U, double[]?[] V)
{
    // A complete block with weights within this factor of each other is fitted as if they were equal.
    private const double Even = 16;

    // What weighs less, against the largest weight, is one level with all the rest.
    private const double Faintest = 1e-8;

    /// <summary>The fit, or none where no block of it is complete enough to start from.</summary>
    /// <param name="block">The map.</param>
    /// <param name="rank">Of the fit.</param>
    /// <param name="spare">As for <see cref="WeightedSweeps"/>.</param>
    public static LowRankFit? Of(WeightedBlock block, int rank, int spare)
    {
        if (!(block.Weights.MaxNorm() > 0)) return null;
        var start = Levels(block.Weights.MaxNorm()).SelectMany(least => Rooms(rank).Select(room => At(least, room))).FirstOrDefault(found => found is not null)
            ?? CompleteBlock.Of(block, double.Epsilon, rank, rank + 1);
        return start is null ? null : From(block, start, rank, spare);

        CompleteBlock? At(double least, int room) =>
            CompleteBlock.Of(block, least, Math.Min(block.Rows, rank + room), Math.Min(block.Columns, rank + 1 + room));
    }

    // The most exact entries first.
    private static IEnumerable<double> Levels(double most)
    {
        for (var least = most / Even; least > most * Faintest; least /= Even) yield return least;
        yield return double.Epsilon;
    }

    // Rows and columns beyond the least. A few that are exact give the space better than many with inexact entries among them: those may hide its weak
    // directions, and sweeps from a wrong space hardly come back.
    private static IEnumerable<int> Rooms(int rank)
    {
        for (var room = rank; room > 0; room /= 2) yield return room;
    }

    private static LowRankFit From(WeightedBlock block, CompleteBlock start, int rank, int spare)
    {
        var complete = block.Select(start.Rows, start.Columns);
        var g = complete.Values.CentreRows();
        // Pivoted QR finds the row space up to the noise; two orthogonal iterations make it that of the truncated singular value decomposition.
        var v = HouseholderQr.Of(g.Transpose(), rank, pivoted: true).Q();
        // An orthonormal basis after every product: squared, G would lose the weakest directions.
        for (var k = 0; k < 2; k++) v = HouseholderQr.Of(g.Transpose() * HouseholderQr.Of(g * v).Q()).Q();
        var u = g * v;
        var fit = new LowRankFit(Spread(u, start.Rows, block.Rows), Spread(v, start.Columns, block.Columns));
        return complete.Rows == block.Rows && complete.Columns == block.Columns ? fit : WeightedSweeps.Run(block, fit.V, rank, spare);
    }

    private static double[]?[] Spread(Matrix found, IReadOnlyList<int> places, int count)
    {
        var spread = new double[]?[count];
        for (var k = 0; k < places.Count; k++) spread[places[k]] = found.Row(k).ToArray();
        return spread;
    }
}
