using Unmask.Pipeline.Verdicts;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Linear facts about X: <paramref name="Rows"/>·x_t is column k of <paramref name="Target"/> for the k-th of <paramref name="Tokens"/>.
/// A known column is one (rows I), and so is what a front end cannot reach: N ᵀx_t = Nᵀx₀_t with NᵀA = 0. docs/output.md (O9).
/// </summary>
internal sealed record Anchor(Matrix Rows, Seq<int> Tokens, Matrix Target)
{
    public static Seq<Anchor> Of(Problem problem)
    {
        var known = toSeq(problem.Known.Keys).Strict();
        var exact = known.IsEmpty ? Seq<Anchor>() : Seq1(new Anchor(Matrix.Identity(problem.Dims.D), known, KnownSpan.Columns(problem)));
        return exact + problem.FrontEnd.Bind(end => OfFrontEnd(problem, end)).ToSeq();
    }

    /// <summary>Rows·X at the tokens.</summary>
    public Matrix At(Matrix x) => Rows * Columns(x);

    /// <summary>The columns of a d×n matrix that are spoken of.</summary>
    public Matrix Columns(Matrix x) => x.ColumnsAt(Tokens);

    /// <summary>The sum of squares by which an X misses these facts.</summary>
    public double Misfit(Matrix x) => Math.Pow((At(x) - Target).FrobeniusNorm(), 2);

    private static Option<Anchor> OfFrontEnd(Problem problem, FrontEnd end)
    {
        var (d, width) = (end.Projection.Rows, end.Projection.Columns);
        var free = toSeq(Enumerable.Range(0, problem.Dims.N)).Filter(t => !problem.Known.ContainsKey(t)).Strict();
        if (width >= d || free.IsEmpty) return None;
        var rows = FrontEndSpaces.Complement(end.Projection).Transpose();
        return new Anchor(rows, free, rows * Matrix.Create(d, free.Count, (c, k) => end.Offset[c, free[k]]));
    }
}
