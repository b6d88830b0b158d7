namespace Unmask.Pipeline.Solvers;

/// <summary>
/// G = XᵀW A Vᵀ with V an orthonormal basis of its row space, so that K = VᵀGV = AᵀWA and h = VᵀGᵀ1/n = AᵀWᵀx̄:
/// docs/closed-form.md (C3), (C4).
/// </summary>
internal sealed record CongruenceFactor(Matrix V, Matrix K, Matrix H)
{
    public static CongruenceFactor Of(CongruenceTarget target)
    {
        var v = HouseholderQr.Of(target.G.Transpose(), target.D, pivoted: true).Q();
        var gv = target.G * v;
        return new CongruenceFactor(v, v.Transpose() * gv, gv.Transpose().ColumnMean());
    }

    /// <summary>X from the isometry class A: (C9).</summary>
    public Matrix States(CongruenceTarget target, Matrix a)
    {
        var centred = a * V.Transpose();
        return target.Centred
            ? centred.AddToColumns((a.Transpose() * target.W.Transpose()).Solve(H))
            : centred;
    }
}
