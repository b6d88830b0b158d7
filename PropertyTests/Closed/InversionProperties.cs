using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;

namespace Unmask.PropertyTests.Closed;

/// <summary>What must hold of the closed form whatever was drawn.</summary>
[Properties(Arbitrary = [typeof(Arbitraries)], MaxTest = 200)]
public class InversionProperties
{
    // A few roundings through log, congruence and softmax, at condition numbers that random X reach at n = d + 1.
    private const double MapTolerance = 1e-8;

    [Property]
    public bool AttentionIsReproduced(OneHead drawn) => Reproduces(drawn, Observation.Attention, Form.Generic);

    [Property]
    public bool AttentionOfASymmetricFormIsReproduced(OneHead drawn) => Reproduces(drawn, Observation.Attention, Form.Symmetric);

    [Property]
    public bool ScoresAreReproduced(OneHead drawn) => Reproduces(drawn, Observation.Scores, Form.Generic);

    [Property]
    public bool ScoresOfASymmetricFormAreReproduced(OneHead drawn) => Reproduces(drawn, Observation.Scores, Form.Symmetric);

    [Property]
    public bool ScoresNeedOneTokenLess(OneHead drawn) => Reproduces(drawn with { N = drawn.D }, Observation.Scores, Form.Generic);

    [Property]
    public bool OneTokenMoreThanDimensionsIsEnough(OneHead drawn) =>
        Reproduces(drawn with { N = drawn.D + 1 }, Observation.Attention, Form.Generic);

    [Property]
    public bool TheAnswerIsTheTruthUpToAnIsometry(OneHead drawn)
    {
        // Extra tokens keep the truth well conditioned: A is only as exact as X⁺.
        var well = drawn with { N = 2 * drawn.D + 4 };
        var (truth, w) = (well.Truth(), well.Layer(Form.Generic).Heads[0].Product);
        var found = Solve(well.Problem(Observation.Attention, Form.Generic)).States;
        var a = Isometry(truth, found);
        // Compared with the lengths at work: A may be long where W has nearly parallel eigenvectors.
        var size = Math.Max(1, a.FrobeniusNorm());
        return (a * truth - found).MaxNorm() <= 1e-6 * size && (a.Transpose() * w * a - w).MaxNorm() <= 1e-6 * size * size;
    }

    [Property]
    public bool PermutingTheTokensPermutesTheMap(OneHead drawn)
    {
        var (layer, order) = (drawn.Layer(Form.Generic), Order(drawn));
        var truth = drawn.Truth();
        var shuffled = Matrix.Create(drawn.D, drawn.N, (i, j) => truth[i, order[j]]);
        var problem = Draw.Problem(layer, shuffled, Observation.Attention);
        var (found, straight) = (Solve(problem).States, Forward.Attention(layer, layer.Heads[0], truth));
        var back = Forward.Attention(layer, layer.Heads[0], found);
        return Matrix.Create(drawn.N, drawn.N, (i, j) => back[i, j] - straight[order[i], order[j]]).MaxNorm() <= MapTolerance;
    }

    [Property]
    public bool RowsOfTheRecomputedMapSumToOne(OneHead drawn)
    {
        var problem = drawn.Problem(Observation.Attention, Form.Generic);
        var p = Forward.Attention(problem.Layer, problem.Layer.Heads[0], Solve(problem).States);
        // n additions of numbers that sum to 1.
        return Enumerable.Range(0, p.Rows).All(i => Math.Abs(p.Row(i).ToArray().Sum() - 1) <= p.Columns * 1e-15);
    }

    [Property]
    public bool TheSignOfTheStatesIsInvisible(OneHead drawn)
    {
        var (layer, truth) = (drawn.Layer(Form.Generic), drawn.Truth());
        return Forward.Scores(layer, layer.Heads[0], truth).Equals(Forward.Scores(layer, layer.Heads[0], -1 * truth));
    }

    internal static Estimate Solve(Problem problem) =>
        Congruence.Solve(problem, SolverOptions.Default).Match(Succ: e => e, Fail: e => throw new InvalidOperationException(e.Message));

    /// <summary>A = found·truth⁺, by least squares.</summary>
    internal static Matrix Isometry(Matrix truth, Matrix found) =>
        HouseholderQr.Of(truth.Transpose()).Solve(found.Transpose()).Transpose();

    private static bool Reproduces(OneHead drawn, Observation observation, Form form)
    {
        var problem = drawn.Problem(observation, form);
        var estimate = Solve(problem);
        var again = observation == Observation.Scores
            ? Forward.Scores(problem.Layer, problem.Layer.Heads[0], estimate.States)
            : Forward.Attention(problem.Layer, problem.Layer.Heads[0], estimate.States);
        var size = observation == Observation.Scores ? Math.Max(1, problem.Observed[0].MaxNorm()) : 1;
        return estimate.Solver.Converged && (again - problem.Observed[0]).MaxNorm() <= MapTolerance * size;
    }

    private static int[] Order(OneHead drawn)
    {
        var order = Enumerable.Range(0, drawn.N).ToArray();
        new Random(drawn.Seed).Shuffle(order);
        return order;
    }
}
