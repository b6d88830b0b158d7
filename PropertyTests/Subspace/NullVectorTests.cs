using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;

namespace Unmask.PropertyTests.Subspaces;

/// <summary>The null vector by products alone is the one that the factor gives.</summary>
public class NullVectorTests
{
    [Theory]
    [InlineData(Mask.None)]
    [InlineData(Mask.Causal)]
    public void ProductsFindWhatTheFactorFinds(Mask mask)
    {
        foreach (var drawn in RecoveryTests.Variants(new DrawnLayer(16, 4, 4, 5) { Mask = mask }))
        {
            var system = System(drawn.Problem(drawn.LeastTokens() + 12));
            var (written, searched) = (NullVector.Of(system, SolverOptions.Default).Value(), NullVector.Searched(system, SolverOptions.Default));
            var along = written.T.Zip(searched.T, (a, b) => a * b).Sum();
            var apart = Math.Sqrt(written.T.Zip(searched.T, (a, b) => Math.Pow(a - Math.Sign(along) * b, 2)).Sum());
            // 1e-16 over the square of what is left of the next vector, which is above 1e-2 with so many tokens.
            Assert.True(apart <= 1e-11, $"{drawn}: {apart:e1} apart");
            // The second vector has come less far, in either: what is left of it is above that of the second best.
            Assert.InRange(searched.Next / written.Next, 0.5, 1.1);
        }
    }

    private static SubspaceSystem System(Problem problem) => (
        from split in TokenSplit.Of(problem.Layer, problem.Dims.N)
        let unbiased = UnbiasedLayer.Of(problem.Layer)
        from answer in SubspaceAnswer.Of(unbiased.Layer, problem.Observed.Map(map => WeightedBlock.Of(problem, map)).Strict(), split, SolverOptions.Default)
        select answer.System).Value();
}
