using static Unmask.Generators.Maths.Algebra;

namespace Unmask.Generators.Maths;

/// <summary>
/// The definition of every loss, written once; nothing else in the product states one. A loss is an outer function of a matrix Z, and
/// Z of X: L = outer(Z(X)). The split is what makes the Gauss–Newton product follow: Jᵀ(∇²outer)J with J the Jacobian of Z.
/// Hidden entries (a causal mask) count for nothing anywhere. W already carries the scale s.
/// </summary>
public sealed class Loss
{
    private Loss(Form form, string model, string equation, string summary, Expr z, System.Func<Symbol, Expr> outer)
    {
        (Form, Model, Equation, Summary, Z) = (form, model, equation, summary, z);
        Argument = new Symbol("Z", z.Shape, Role.Argument, z.PerHead);
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

    /// <summary>W_Q of one head, d×h, the scale inside it.</summary>
    public static Symbol WQ { get; } = new("WQ", Shape.HeadWeights, Role.Constant, perHead: true);

    /// <summary>W_K of one head, d×h.</summary>
    public static Symbol WK { get; } = new("WK", Shape.HeadWeights, Role.Constant, perHead: true);

    /// <summary>The query bias of one head, h×1, the scale inside it.</summary>
    public static Symbol Bias { get; } = new("bQ", Shape.HeadColumn, Role.Constant, perHead: true);

    /// <summary>Bᵀ, d×n: the observed output, one token a column like X. With several heads it is the sum of theirs.</summary>
    public static Symbol Bt { get; } = new("Bt", Shape.States, Role.Constant);

    /// <summary>Every loss in every form.</summary>
    public static Loss[] All { get; } = [.. Of(Form.Merged), .. Of(Form.Joint)];

    /// <summary>The five losses of one form.</summary>
    public static Loss[] Of(Form form)
    {
        var p = new Softmax(form.S);
        return
        [
            new(form, "Scores", "(3)", "½‖S − B‖²", form.S - form.B, HalfSquare),
            new(form, "Attention", "(4)", "½‖P − B‖²", p - form.B, HalfSquare),
            new(form, "LogAttention", "(5)", "½‖row-centred (S − B)‖², B = log of the observed map", Centre(form.S - form.B), HalfSquare),
            new(form, "CrossEntropy", "(6)", "−Σ B ∘ log P", form.S, z => Inner(form.B, Spread(new LogSumExp(z)) - z)),
            new(form, "Output", "(7)", "½‖P Xᵀ V − B‖²", SumHeads(p * form.Values) - T(Bt), HalfSquare),
        ];
    }

    public Form Form { get; }

    /// <summary>The observation model, as in LossModel.</summary>
    public string Model { get; }

    /// <summary>Form and model.</summary>
    public string Name => Form.Prefix + Model;

    /// <summary>Number in docs/derivation.md.</summary>
    public string Equation { get; }

    public string Summary { get; }

    public Expr Z { get; }

    public Symbol Argument { get; }

    public Expr Outer { get; }

    private static Expr HalfSquare(Symbol z) => 0.5 * Inner(z, z);
}
