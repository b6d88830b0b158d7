using System.Collections.Generic;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>The four products that ever occur: every result has n columns, so only n decides the vectors.</summary>
public enum ProductKind
{
    /// <summary>W X: d×d · d×n.</summary>
    WeightsStates,

    /// <summary>Wᵀ X: (d×d)ᵀ · d×n.</summary>
    WeightsTransposedStates,

    /// <summary>Xᵀ Q: (d×n)ᵀ · d×n.</summary>
    StatesTransposedStates,

    /// <summary>Q M: d×n · n×n.</summary>
    StatesMap,
}

/// <summary>A named matrix in the workspace. Inputs are bound by the caller, the rest is computed.</summary>
public sealed record Buffer(string Name, Shape Shape, string Formula);

/// <summary>One thing done to whole matrices.</summary>
public abstract record Step(string Formula);

/// <summary>Target = Left · Right, or Target += Left · Right.</summary>
public sealed record ProductStep(ProductKind Kind, string Target, string Left, string Right, bool Add, string Formula) : Step(Formula);

/// <summary>Target = Sourceᵀ, n×n.</summary>
public sealed record TransposeStep(string Target, string Source, string Formula) : Step(Formula);

/// <summary>
/// All that is done row by row between two products, fused into one pass over the rows. <paramref name="Known"/> are the nodes that stand in
/// the workspace when the pass begins; every stage adds its own.
/// </summary>
public sealed record RowPass(string Name, Shape Shape, IReadOnlyList<RowStage> Stages, IReadOnlyCollection<Expr> Known, string Formula) : Step(Formula)
{
    /// <summary>Set when a stage adds to the value of the loss.</summary>
    public bool HasTotal => Stages is { Count: > 0 } && System.Linq.Enumerable.Any(Stages, s => s is TotalStage);
}

/// <summary>Work on one row. Formulas are elementwise; their leaves are named matrices and row scalars.</summary>
public abstract record RowStage(Expr Formula)
{
    /// <summary>The nodes that later stages may read by name.</summary>
    public abstract IEnumerable<Expr> Made { get; }
}

/// <summary>Target row = formula.</summary>
public sealed record MapStage(string Target, Expr Formula) : RowStage(Formula)
{
    public override IEnumerable<Expr> Made => [Formula];
}

/// <summary>Row scalar = sum of the formula over the visible entries.</summary>
public sealed record SumStage(string Scalar, Expr Formula) : RowStage(Formula)
{
    public override IEnumerable<Expr> Made => [new RowSum(Formula)];
}

/// <summary>Target row = softmax of the formula, and the row's log-sum-exp beside it.</summary>
public sealed record SoftmaxStage(string Target, string LogSumExp, Expr Formula) : RowStage(Formula)
{
    public override IEnumerable<Expr> Made => [new Softmax(Formula), new LogSumExp(Formula)];
}

/// <summary>Adds factor · (sum of the formula over the visible entries) to the value.</summary>
public sealed record TotalStage(double Factor, Expr Formula) : RowStage(Formula)
{
    public override IEnumerable<Expr> Made => [];
}

/// <summary>The steps of one evaluation, after which <paramref name="Result"/> holds the answer (empty for a scalar).</summary>
public sealed record Evaluation(string Name, string Equation, IReadOnlyList<Step> Steps, string Result);

/// <summary>One loss, ready to be written as code.</summary>
public sealed record KernelProgram(
    Loss Loss,
    IReadOnlyList<Buffer> Inputs,
    IReadOnlyList<Buffer> Buffers,
    IReadOnlyList<Evaluation> Evaluations,
    IReadOnlyDictionary<Expr, string> Names,
    IReadOnlyCollection<string> StoredScalars);
