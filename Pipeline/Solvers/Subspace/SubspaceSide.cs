namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The keys of some heads, or the queries of one: known weights (d×r) and bias, and the space that its rows lie in over the tokens, as an
/// orthonormal basis (tokens × m): key or query of token j is T v_j for an unknown T (r×m). docs/subspace.md (S5).
/// </summary>
internal sealed record SubspaceSide(Matrix Weights, double[] Bias, Matrix Space)
{
    public int Width => Weights.Columns;

    public int Coordinates => Space.Columns;
}

/// <summary>All sides, and the tokens (positions, ascending) whose spaces they know.</summary>
internal sealed record SubspaceSides(IReadOnlyList<int> Tokens, IReadOnlyList<SubspaceSide> Sides)
{
    // A side that covers a smaller share of the tokens is left out, so that it does not cost the others theirs.
    private const double Share = 0.75;

    public static Fin<SubspaceSides> Of(AttentionLayer layer, Seq<WeightedBlock> maps, TokenSplit split, CancellationToken cancellation)
    {
        var middle = Enumerable.Range(split.Before, split.Middle).ToArray();
        var keys = layer.KeyGroups.Distinct().Select(first => Coordinates(first, Key: true));
        var queries = Enumerable.Range(0, layer.Heads.Count).Select(index => Coordinates(index, Key: false));
        var found = keys.Concat(queries).ToArray()
            .Where(side => side.Rows.Count(row => row is not null) >= Share * split.Middle).ToArray();
        var covered = Enumerable.Range(0, split.Middle).Where(k => found.All(side => side.Rows[k] is not null)).ToArray();
        if (found.Length == 0) return Faults.SubspaceHidden();
        return new SubspaceSides(
            [.. covered.Select(k => middle[k])],
            [.. found.Select(side => new SubspaceSide(side.Weights, side.Bias, Basis(side.Rows, covered, side.Constant)))]);

        (Matrix Weights, double[] Bias, double[]?[] Rows, bool Constant) Coordinates(int index, bool Key)
        {
            cancellation.ThrowIfCancellationRequested();
            var head = layer.Heads[index];
            if (!Key)
            {
                var query = LowRankFit.Of(maps[index].Select(split.QueryRows, split.QueryColumns), head.Dimension);
                return (head.Query, BiasOf(head.QueryBias, head), Middle(query?.U, 0), false);
            }

            // Heads that share keys see them from more queries.
            var sharing = Enumerable.Range(0, layer.Heads.Count).Where(other => layer.KeyGroups[other] == index);
            var seen = WeightedBlock.Stack([.. sharing.Select(other => maps[other].Select(split.KeyRows, split.KeyColumns))]);
            var key = LowRankFit.Of(seen, head.Dimension);
            return (head.Key, BiasOf(head.KeyBias, head), Middle(key?.V, split.Before), true);
        }

        double[]?[] Middle(double[]?[]? rows, int from) => rows is null ? new double[]?[split.Middle] : rows[from..(from + split.Middle)];
    }

    private static double[] BiasOf(Option<Seq<double>> bias, Head head) =>
        bias.Match(Some: known => known.ToArray(), None: () => new double[head.Dimension]);

    // What a row of scores has in common cannot be seen, so keys are known up to a constant: 1 joins their space.
    private static Matrix Basis(double[]?[] rows, int[] covered, bool constant) => HouseholderQr.Of(Matrix.Own(
        covered.Length, (rows[covered[0]]!.Length) + (constant ? 1 : 0),
        [.. covered.SelectMany(k => constant ? rows[k]!.Append(1) : rows[k]!)])).Q();
}
