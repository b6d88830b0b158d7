using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>A named matrix in the workspace, as it is held. Inputs are bound by the caller, the rest is computed.</summary>
public sealed record Buffer(string Name, Shape Shape, bool PerHead, string Formula);

/// <summary>One thing done to whole matrices, once or for every head.</summary>
public abstract record Step(bool PerHead, bool FollowsDirection, string Formula);

/// <summary>What a product does with what its target holds.</summary>
public enum Start
{
    Set,
    Add,

    /// <summary>Set by the first head, added to by the others.</summary>
    SumOverHeads,
}

/// <summary>Target = Left · Right, or Target += Left · Right, of rows × depth · depth × columns; Left may be held as its transpose, Right may be weights.</summary>
public sealed record ProductStep(
    Shape Result, Extent Depth, string Target, string Left, bool LeftTransposed, string Right, bool RightIsWeights, Start Start, bool PerHead, bool FollowsDirection, string Formula)
    : Step(PerHead, FollowsDirection, Formula);

/// <summary>
/// Target = Left · Right + Leftᵀ · Second, or added: a square left factor as it lies and transposed, both into the same sums. Every gradient
/// of a map ends in one.
/// </summary>
public sealed record PairStep(
    Shape Result, Extent Depth, string Target, string Left, string Right, string Second, Start Start, bool PerHead, bool FollowsDirection, string Formula)
    : Step(PerHead, FollowsDirection, Formula);

/// <summary>Target = Sourceᵀ, where the source is held in the given shape.</summary>
public sealed record TransposeStep(Shape Source, string Target, string From, bool PerHead, bool FollowsDirection, string Formula)
    : Step(PerHead, FollowsDirection, Formula);

/// <summary>
/// All that is done between two products, fused into one pass down the columns. <paramref name="Known"/> are the nodes that stand in the
/// workspace when the pass begins; every stage adds its own.
/// </summary>
public sealed record Pass(
    string Name, Shape Shape, IReadOnlyList<Stage> Stages, IReadOnlyCollection<Expr> Known, bool PerHead, bool FollowsDirection, string Formula)
    : Step(PerHead, FollowsDirection, Formula)
{
    /// <summary>Set when a stage adds to the value of the loss.</summary>
    public bool HasTotal => Stages.Any(s => s is TotalStage);

    public bool HasSoftmax => Stages.Any(s => s is SoftmaxStage);

    /// <summary>A pass that only hides what the mask hides; without a mask it is not needed.</summary>
    public bool OnlyHides => Stages.Count == 1 && Stages[0] is MapStage { Formula: Visible v } && Known.Contains(v.A);
}

/// <summary>Work on one column (one query of a map, one feature of states). Formulas are elementwise; their leaves are matrices and column scalars.</summary>
public abstract record Stage(Expr Formula)
{
    /// <summary>The nodes that later stages may read by name.</summary>
    public abstract IEnumerable<Expr> Made { get; }
}

/// <summary>Target = formula.</summary>
public sealed record MapStage(string Target, Expr Formula) : Stage(Formula)
{
    public override IEnumerable<Expr> Made => [Formula];
}

/// <summary>Query scalar = sum of the formula over the visible keys.</summary>
public record SumStage(string Scalar, Expr Formula) : Stage(Formula)
{
    public override IEnumerable<Expr> Made => [new RowSum(Formula)];
}

/// <summary>The same sum over keys as one over features, of what the map has mixed: (8).</summary>
internal sealed record SumOverFeatures(string Scalar, Expr Formula, RowSum Sum) : SumStage(Scalar, Formula)
{
    public override IEnumerable<Expr> Made => [Sum];
}

/// <summary>The same from sums that need not wait for the scalars that the formula reads.</summary>
internal sealed record SumInParts(string Scalar, Expr Formula, Linear Parts) : SumStage(Scalar, Formula);

/// <summary>The same from sums of powers of a softmax before it is divided.</summary>
internal sealed record SumOfPowers(string Scalar, Expr Formula, Powers Parts) : SumStage(Scalar, Formula);

/// <summary>Target = softmax of the formula over the keys, and the query's log-sum-exp beside it.</summary>
public sealed record SoftmaxStage(string Target, string LogSumExp, Expr Formula) : Stage(Formula)
{
    public override IEnumerable<Expr> Made => [new Softmax(Formula), new LogSumExp(Formula)];
}

/// <summary>Adds factor · (sum of the formula over the visible entries) to the value.</summary>
public sealed record TotalStage(double Factor, Expr Formula) : Stage(Formula)
{
    public override IEnumerable<Expr> Made => [];
}

/// <summary>The steps of one evaluation, after which <paramref name="Result"/> holds the answer, one token a row (empty for a scalar).</summary>
public sealed record Evaluation(string Name, string Equation, IReadOnlyList<Step> Steps, string Result)
{
    /// <summary>A Gauss–Newton product by d×d matrices in place of n×n ones; leaves the same result.</summary>
    public const string GaussNewtonWithoutMaps = nameof(GaussNewtonWithoutMaps);

    /// <summary>What that needs of the point.</summary>
    public const string PrepareWithoutMaps = nameof(PrepareWithoutMaps);

    /// <summary>Products of matrices, every one with 2·rows·depth·columns operations.</summary>
    public int Products => Steps.Sum(s => s switch { PairStep => 2, ProductStep => 1, _ => 0 });
}

/// <summary>One loss, ready to be written as code.</summary>
public sealed record KernelProgram(
    Loss Loss,
    IReadOnlyList<Buffer> Inputs,
    IReadOnlyList<Buffer> Buffers,
    IReadOnlyList<Evaluation> Evaluations,
    IReadOnlyDictionary<Expr, string> Names,
    IReadOnlyCollection<string> StoredScalars)
{
    /// <summary>Whether it is of several heads that share X.</summary>
    public bool IsJoint => Loss.Form.Prefix.Length > 0;
}
