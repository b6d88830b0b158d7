using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>
/// A gradient whose matrices of states are held one feature a row, as X is, and not as their transposes: (W X) in place of Xᵀ Wᵀ. Maps stay one key a row. Then a left factor is weights, X
/// or such a matrix of states, which lies in memory long before it is broadcast from there.
/// </summary>
internal sealed class FeaturewisePlan
{
    public FeaturewisePlan(KernelProgram program)
    {
        Gradient = SmallProgramEmitter.Gradient(program);
        Inputs = SmallProgramEmitter.Inputs(program);
        var given = SmallProgramEmitter.Given(program);
        Rest = [.. Gradient.Steps.Except(given)];
        HasSoftmax = Rest.OfType<Pass>().Any(pass => pass.HasSoftmax);
        Scores = Rest.OfType<ProductStep>().First();
        First = given.Single(p => p.LeftTransposed && p.Left == Scores.Right && p.Right == Turned(given.Single(q => q.Target == Scores.Left).Right));
        Others = [.. given.Except([First])];
    }

    public Evaluation Gradient { get; }

    /// <summary>What is given.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Sᵀ, written as Xᵀ (Wᵀ X), so that nothing is broadcast that has just been stored.</summary>
    public ProductStep Scores { get; }

    /// <summary>The product of what is given that scores wait for, Wᵀ X.</summary>
    public ProductStep First { get; }

    /// <summary>Those that nobody waits for so soon.</summary>
    public IReadOnlyList<ProductStep> Others { get; }

    /// <summary>What comes after the products of what is given.</summary>
    public IReadOnlyList<Step> Rest { get; }

    public bool HasSoftmax { get; }

    /// <summary>Matrices of states, which later products broadcast from memory.</summary>
    public IReadOnlyList<string> Scratch => [.. Gradient.Steps.OfType<ProductStep>().Where(p => p.RightIsWeights).Select(p => Turned(p.Target))];

    /// <summary>The transpose of a matrix, by name.</summary>
    public static string Turned(string name) => name.EndsWith("t") ? name.Substring(0, name.Length - 1) : Stored.Name(name, transposed: true);

    /// <summary>Whether a step adds to the result; all that do are summed at the end.</summary>
    public bool IsLast(Step step) => Lower.Targets(step).Contains(Gradient.Result);
}
