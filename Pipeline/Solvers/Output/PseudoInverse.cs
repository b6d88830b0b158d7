namespace Unmask.Pipeline.Solvers;

/// <summary>Least squares by singular values, shortest where something is free.</summary>
internal static class PseudoInverse
{
    /// <summary>
    /// M⁺B and what rounding of B becomes in it, per unit: ‖M⁺‖_F. Singular values below <paramref name="floor"/> of the largest tell nothing and are left out.
    /// </summary>
    public static (Matrix Solution, double Growth) Solve(Matrix m, Matrix b, double floor)
    {
        var svd = m.ToMathNet().Svd();
        var least = floor * svd.S[0];
        var inverse = svd.S.Map(s => s > least ? 1 / s : 0);
        var rank = inverse.Count;
        var turned = svd.U.SubMatrix(0, m.Rows, 0, rank).TransposeThisAndMultiply(b.ToMathNet());
        for (var k = 0; k < rank; k++) turned.SetRow(k, turned.Row(k) * inverse[k]);
        return (svd.VT.SubMatrix(0, rank, 0, m.Columns).TransposeThisAndMultiply(turned).ToMatrix(), inverse.L2Norm());
    }
}
