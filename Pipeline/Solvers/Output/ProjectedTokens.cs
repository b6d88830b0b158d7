namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Tokens of a stream projected at their positions: H (d×n), of every head the queries (n×d_h, the scale s in them) and the keys, and the values of
/// all heads side by side (n×(heads·d_v)), without their bias.
/// </summary>
internal sealed record ProjectedTokens(Matrix Stream, Seq<Matrix> Queries, Seq<Matrix> Keys, Matrix Values)
{
    public int Count => Stream.Columns;

    public Matrix Column(int t) => Matrix.Create(Stream.Rows, 1, (c, _) => Stream[c, t]);

    /// <summary>These and others behind them.</summary>
    public ProjectedTokens Then(ProjectedTokens others) => new(
        Matrix.Create(Stream.Rows, Count + others.Count, (c, t) => t < Count ? Stream[c, t] : others.Stream[c, t - Count]),
        Queries.Zip(others.Queries, Stacked).Strict(),
        Keys.Zip(others.Keys, Stacked).Strict(),
        Stacked(Values, others.Values));

    private static Matrix Stacked(Matrix above, Matrix below) => Matrix.Own(above.Rows + below.Rows, above.Columns, [.. above.Values, .. below.Values]);
}
