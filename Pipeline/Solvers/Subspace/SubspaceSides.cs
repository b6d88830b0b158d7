namespace Unmask.Pipeline.Solvers;

/// <summary>The sides that are used, and the tokens (positions, ascending) whose places in all their spaces are known.</summary>
internal sealed record SubspaceSides(IReadOnlyList<int> Tokens, IReadOnlyList<SubspaceSide> Sides)
{
    /// <summary>
    /// Of all keys and queries, ordered by the number of tokens that they show, as many as leave the largest excess of equations over unknowns:
    /// a head whose map is mostly zeros would cost the others their tokens.
    /// </summary>
    public static Fin<SubspaceSides> Of(AttentionLayer layer, Seq<WeightedBlock> maps, TokenSplit split, int spare, CancellationToken cancellation)
    {
        var keys = layer.KeyGroups.Distinct().Select(first => Keys(layer, maps, split, first, spare, cancellation));
        var queries = Enumerable.Range(0, layer.Heads.Count).Select(index => Queries(layer, maps, split, index, spare, cancellation));
        Seen[] found = [.. keys.Concat(queries).OrderByDescending(side => side.Rows.Count(row => row is not null))];
        var best = Enumerable.Range(1, found.Length).Select(count => new Choice(found[..count])).MaxBy(choice => choice.Excess(layer.D))!;
        var all = new Choice(found);
        return best.Excess(layer.D) < 0
            ? Faults.SubspaceHidden(all.Tokens.Length, all.Least(layer.D))
            : new SubspaceSides([.. best.Tokens.Select(k => split.Before + k)], [.. best.Sides.Select(side => side.On(best.Tokens, UnbiasedLayer.ShiftsFreely(layer)))]);
    }

    // Heads that share keys see them from more queries.
    private static Seen Keys(AttentionLayer layer, Seq<WeightedBlock> maps, TokenSplit split, int first, int spare, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var sharing = Enumerable.Range(0, layer.Heads.Count).Where(other => layer.KeyGroups[other] == first);
        var block = WeightedBlock.Stack([.. sharing.Select(other => maps[other].Select(split.KeyRows, split.KeyColumns))]);
        var fit = LowRankFit.Of(block, layer.Heads[first].Dimension, spare);
        return new Seen(layer.Heads[first].Key, layer.Heads[first].KeyBias, Middle(fit?.V, split, split.Before), Constant: true);
    }

    private static Seen Queries(AttentionLayer layer, Seq<WeightedBlock> maps, TokenSplit split, int index, int spare, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var fit = LowRankFit.Of(maps[index].Select(split.QueryRows, split.QueryColumns), layer.Heads[index].Dimension, spare);
        return new Seen(layer.Heads[index].Query, layer.Heads[index].QueryBias, Middle(fit?.U, split, 0), Constant: false);
    }

    private static double[]?[] Middle(double[]?[]? rows, TokenSplit split, int from) =>
        rows is null ? new double[]?[split.Middle] : rows[from..(from + split.Middle)];

    // What a row of scores has in common cannot be seen, so keys are known up to a constant: 1 joins their space.
    private sealed record Seen(Matrix Weights, Option<Seq<double>> Bias, double[]?[] Rows, bool Constant)
    {
        public int Coordinates => Weights.Columns + (Constant ? 1 : 0);

        public SubspaceSide On(int[] tokens, bool centred)
        {
            var bias = Bias.Match(Some: known => known.ToArray(), None: () => new double[Weights.Columns]);
            // Rows of the basis as columns, one for each token.
            var rows = Matrix.Own(tokens.Length, Weights.Columns, [.. tokens.SelectMany(k => Rows[k]!)]).Transpose();
            if (!centred)
            {
                var all = Matrix.Create(Coordinates, tokens.Length, (i, j) => i < rows.Rows ? rows[i, j] : 1);
                return new SubspaceSide(Weights, bias, HouseholderQr.Of(all.Transpose()).Q());
            }

            var basis = HouseholderQr.Of(rows.CentreRows().Transpose());
            return new SubspaceSide(Weights, bias, basis.Q(), Constant ? null : basis.R().Transpose().Solve(rows.ColumnMean()));
        }
    }

    // Some of the sides, and the tokens that all of them show. docs/subspace.md (S8).
    private sealed record Choice(Seen[] Sides)
    {
        public int[] Tokens { get; } = [.. Enumerable.Range(0, Sides[0].Rows.Length).Where(k => Sides.All(side => side.Rows[k] is not null))];

        public int Seen => Sides.Sum(side => side.Weights.Columns);

        public int Unknowns => Sides.Sum(side => side.Weights.Columns * side.Coordinates);

        public int Excess(int d) => Tokens.Length * (Seen - d) - (Unknowns - 1);

        public int Least(int d) => (Unknowns - 1 + Seen - d - 1) / (Seen - d);
    }
}
