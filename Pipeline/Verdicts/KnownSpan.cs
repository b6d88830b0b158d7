using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>The directions of state space that known columns point in: an isometry of W that is still free leaves them where they are.</summary>
internal static class KnownSpan
{
    private const double Independent = 1e-10;

    /// <summary>The known columns side by side, d×m.</summary>
    public static Matrix Columns(Problem problem)
    {
        var columns = problem.Known.Values.ToArray();
        return Matrix.Create(problem.Dims.D, columns.Length, (c, k) => columns[k][c]);
    }

    public static int Rank(Problem problem) => Basis(Columns(problem)).Count;

    /// <summary>Which of the columns are a basis of the span of all.</summary>
    public static Seq<int> Basis(Matrix columns)
    {
        var most = Math.Min(columns.Rows, columns.Columns);
        if (most == 0) return Seq<int>();
        var qr = HouseholderQr.Of(columns, most, pivoted: true);
        var rank = Enumerable.Range(0, most).Count(k => qr.Pivot(k) > Independent * qr.Pivot(0));
        return toSeq(qr.Order).Take(rank).Strict();
    }

    /// <summary>A basis of what is orthogonal to independent columns in the form W: {x : kᵀWx = 0 for every column k}, d×(d − m).</summary>
    public static Matrix Complement(Matrix columns, Matrix w)
    {
        var (d, rank) = (w.Rows, columns.Columns);
        if (rank == 0) return Matrix.Identity(d);
        var span = HouseholderQr.Of(w * columns).Q();
        var basis = HouseholderQr.Of(Matrix.Create(d, rank + d, (a, c) => c < rank ? span[a, c] : a == c - rank ? 1 : 0)).Q();
        return basis.ColumnsFrom(rank, d - rank);
    }

    /// <summary>The same for all known columns.</summary>
    public static Matrix Complement(Problem problem, Matrix w)
    {
        var columns = Columns(problem);
        return Complement(columns.ColumnsAt(Basis(columns)), w);
    }
}
