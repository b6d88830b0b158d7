namespace Unmask.Pipeline.Solvers;

/// <summary>
/// What of X is sought: x_t = b_t + A y_t for every token t that is not known. A is the front end's projection (d×f), or the identity where there
/// is none; b_t is its offset, or zero. docs/output.md (O1).
/// </summary>
/// <param name="Base">X where every unknown is zero, d×n.</param>
/// <param name="Projection">A, where there is one.</param>
/// <param name="Known">The tokens that are known: nothing moves them.</param>
internal sealed record Unknowns(Matrix Base, Option<Matrix> Projection, Map<int, Seq<double>> Known)
{
    /// <summary>f, unknown numbers per token.</summary>
    public int Width => Projection.Match(a => a.Columns, () => Base.Rows);

    public static Unknowns Of(Problem problem)
    {
        var offset = problem.FrontEnd.Map(end => end.Offset);
        var rest = Matrix.Create(problem.Dims.D, problem.Dims.N, (c, t) =>
            problem.Known.Find(t).Match(x => x[c], () => offset.Match(o => o[c, t], () => 0)));
        return new Unknowns(rest, problem.FrontEnd.Map(end => end.Projection), problem.Known);
    }

    /// <summary>AᵀM: what a d×m matrix of directions is to the unknowns of a token.</summary>
    public Matrix Seen(Matrix directions) => Projection.Match(a => a.Transpose() * directions, () => directions);

    /// <summary>X (d×n) of y (f×n).</summary>
    public Matrix States(Matrix y)
    {
        var moves = Matrix.Create(y.Rows, y.Columns, (c, t) => Known.ContainsKey(t) ? 0 : y[c, t]);
        return Base + Projection.Match(a => a * moves, () => moves);
    }
}
