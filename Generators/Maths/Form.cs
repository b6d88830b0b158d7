namespace Unmask.Generators.Maths;

/// <summary>How scores follow from states: the part that all losses share.</summary>
/// <param name="Prefix">Stands before the names of its losses.</param>
/// <param name="S">n×n scores, hidden entries zero.</param>
/// <param name="Values">n×d, what a map mixes: XᵀV.</param>
/// <param name="B">The observed map.</param>
public sealed record Form(string Prefix, Expr S, Expr Values, Symbol B)
{
    /// <summary>One head with its weights multiplied out: S = XᵀWX, W = s·W_Q W_Kᵀ.</summary>
    public static Form Merged => new(
        "",
        Algebra.See(Algebra.T(Loss.X) * (Loss.W * Loss.X)),
        Algebra.T(Loss.X) * Loss.V,
        new Symbol("B", Shape.Map, Role.Constant));

    /// <summary>Heads that share X, each with thin weights and a query bias: S = (W_QᵀX + b1ᵀ)ᵀ W_KᵀX, the scale inside W_Q and b.</summary>
    public static Form Joint => new(
        "Joint",
        Algebra.See(Algebra.T(Algebra.T(Loss.WQ) * Loss.X + Algebra.Repeat(Loss.Bias)) * (Algebra.T(Loss.WK) * Loss.X)),
        Algebra.T(Loss.X) * new Symbol("V", Shape.Weights, Role.Constant, perHead: true),
        new Symbol("B", Shape.Map, Role.Constant, perHead: true));
}
