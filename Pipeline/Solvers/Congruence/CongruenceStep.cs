namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The Gauss–Newton step of ½‖G − G(X)‖² in closed form, no iteration inside: δX = E·XC + f1ᵀ + F, where F lies outside
/// the rows of X and of 1. The three parts decouple. docs/closed-form.md (C11)–(C18).
/// </summary>
internal static class CongruenceStep
{
    public static Matrix Of(CongruenceTarget target, TransposeSylvester sylvester, Matrix x, Matrix residual)
    {
        var centred = target.Centre(x);
        var rows = HouseholderQr.Of(centred.Transpose());
        var (q, r) = (rows.Q(), rows.R().Transpose());
        var outside = Outside(target, x, centred, residual, q);
        var inside = Inside(target, sylvester, x, centred, residual, q, r);
        return outside + inside;
    }

    // (C12): XᵀW F = ΔG Π and CXᵀWᵀ F = ΔGᵀ Π, together, by least squares.
    private static Matrix Outside(CongruenceTarget target, Matrix x, Matrix centred, Matrix residual, Matrix q)
    {
        var n = target.N;
        var left = x.Transpose() * target.W;
        var right = centred.Transpose() * target.W.Transpose();
        var (forwards, backwards) = (Complement(target, residual, q), Complement(target, residual.Transpose(), q));
        var stacked = Matrix.Create(2 * n, target.D, (i, j) => i < n ? left[i, j] : right[i - n, j]);
        return HouseholderQr.Of(stacked).Solve(Matrix.Create(2 * n, n, (i, j) => i < n ? forwards[i, j] : backwards[i - n, j]));
    }

    // (C13)–(C18): the core of ΔG gives E, its row mean gives f.
    private static Matrix Inside(
        CongruenceTarget target, TransposeSylvester sylvester, Matrix x, Matrix centred, Matrix residual, Matrix q, Matrix r)
    {
        var projected = residual * q;
        var core = sylvester.Project(q.Transpose() * projected, r);
        var upper = r.Transpose();
        var e = sylvester.Solve(upper.Solve(upper.Solve(core).Transpose()).Transpose());
        var step = e * centred;
        if (!target.Centred) return step;
        var mean = upper.Solve(projected.Transpose().ColumnMean());
        var f = target.W.Transpose().Solve(mean - e.Transpose() * (target.W.Transpose() * x.ColumnMean()));
        return step.AddToColumns(f);
    }

    // A Π, with Π projecting off the rows of XC and of 1.
    private static Matrix Complement(CongruenceTarget target, Matrix a, Matrix q)
    {
        var off = a - a * q * q.Transpose();
        return target.Centred ? off.CentreRows() : off;
    }
}
