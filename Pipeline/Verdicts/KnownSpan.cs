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

    public static int Rank(Problem problem)
    {
        var columns = Columns(problem);
        var most = Math.Min(columns.Rows, columns.Columns);
        if (most == 0) return 0;
        var qr = HouseholderQr.Of(columns, most, pivoted: true);
        return Enumerable.Range(0, most).Count(k => qr.Pivot(k) > Independent * qr.Pivot(0));
    }

    /// <summary>A basis of what is orthogonal to them in the form W: {x : kᵀWx = 0 for every known k}, d×(d − rank).</summary>
    public static Matrix Complement(Problem problem, Matrix w)
    {
        var (d, rank) = (w.Rows, Rank(problem));
        if (rank == 0) return Matrix.Identity(d);
        var span = HouseholderQr.Of(w * Columns(problem), rank, pivoted: true).Q();
        var basis = HouseholderQr.Of(Matrix.Create(d, rank + d, (a, c) => c < rank ? span[a, c] : a == c - rank ? 1 : 0)).Q();
        return Matrix.Create(d, d - rank, (a, c) => basis[a, rank + c]);
    }
}
