using static Unmask.Generators.Maths.Algebra;

namespace Unmask.Generators.Maths;

/// <summary>
/// The definition of every loss, written once; nothing else in the product states one. A loss is an outer function of a matrix Z, and
/// Z of X: L = outer(Z(X)). The split is what makes the Gauss–Newton product follow: Jᵀ(∇²outer)J with J the Jacobian of Z.
/// Hidden entries (a causal mask) count for nothing anywhere. W already carries the scale s.
/// </summary>
public sealed class Loss
{
    private Loss(string name, string equation, string summary, Expr z, System.Func<Symbol, Expr> outer)
    {
        (Name, Equation, Summary, Z) = (name, equation, summary, z);
        Argument = new Symbol("Z", z.Shape, Role.Argument);
        Outer = outer(Argument);
    }

    /// <summary>X, d×n: the unknown.</summary>
    public static Symbol X { get; } = new("X", Shape.States, Role.Point);

    /// <summary>U, d×n: a direction in which X moves.</summary>
    public static Symbol U { get; } = new("U", Shape.States, Role.Direction);

    /// <summary>W = s·W_Q W_Kᵀ, d×d.</summary>
    public static Symbol W { get; } = new("W", Shape.Weights, Role.Constant);

    /// <summary>V, d×d: the value weights.</summary>
    public static Symbol V { get; } = new("V", Shape.Weights, Role.Constant);

    /// <summary>B, n×n: the observed map. For the log residual its entries are log-probabilities.</summary>
    public static Symbol B { get; } = new("B", Shape.Map, Role.Constant);

    /// <summary>Bᵀ, d×n: the observed output, one token a column like X.</summary>
    public static Symbol Bt { get; } = new("Bt", Shape.States, Role.Constant);

    public static Expr S { get; } = See(T(X) * (W * X));

    public static Expr P { get; } = new Softmax(S);

    public static Expr Y { get; } = P * (T(X) * V);

    public static Loss Scores { get; } = new("Scores", "(3)", "½‖S − B‖²", S - B, HalfSquare);

    public static Loss Attention { get; } = new("Attention", "(4)", "½‖P − B‖²", P - B, HalfSquare);

    public static Loss LogAttention { get; } = new(
        "LogAttention", "(5)", "½‖row-centred (S − B)‖², B = log of the observed map", Centre(S - B), HalfSquare);

    public static Loss CrossEntropy { get; } = new(
        "CrossEntropy", "(6)", "−Σ B ∘ log P", S, z => Inner(B, Spread(new LogSumExp(z)) - z));

    public static Loss Output { get; } = new("Output", "(7)", "½‖P Xᵀ V − B‖²", Y - T(Bt), HalfSquare);

    public static Loss[] All { get; } = [Scores, Attention, LogAttention, CrossEntropy, Output];

    public string Name { get; }

    /// <summary>Number in docs/derivation.md.</summary>
    public string Equation { get; }

    public string Summary { get; }

    public Expr Z { get; }

    public Symbol Argument { get; }

    public Expr Outer { get; }

    private static Expr HalfSquare(Symbol z) => 0.5 * Inner(z, z);
}
