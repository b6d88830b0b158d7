using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Unmask.Kernels;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Matrix = Unmask.Pipeline.Matrix;

namespace Unmask.PropertyTests.Solvers;

/// <summary>
/// The step of (13) against the plain one: the curvature read off the original kernel column by column, M written down, one LU factorisation
/// of dn equations.
/// </summary>
public class NewtonStepTests
{
    private const double MetricFloor = 1e-2;

    [Property(MaxTest = 150, Arbitrary = [typeof(StepArbitraries)])]
    public void EveryStepIsTheWholeMatrixStep(StepCase c)
    {
        var (bound, x, gradient) = c.Make();
        var step = new double[x.Length];
        var linear = new NewtonStep(bound, c.GaussNewton, ConjugateGradient.Exact, CancellationToken.None);
        linear.MoveTo(x);
        var damping = c.Damping * linear.Unit(gradient);
        var promised = linear.Solve(damping, gradient, step);

        var (matrix, metric) = Plain(bound, c.GaussNewton, x);
        var whole = matrix + damping * metric;
        var right = Vector<double>.Build.Dense(gradient);
        var expected = -whole.LU().Solve(right);
        if (double.IsNaN(promised))
        {
            // Only where the damped matrix is not positive definite may there be no step.
            Assert.False(c.GaussNewton, c.ToString());
            Assert.True(whole.Evd(Symmetricity.Symmetric).EigenValues.Min(v => v.Real) <= 1e-9, c.ToString());
            return;
        }

        // The difference, measured as the system sees it: along directions that hardly show, both answers are as inexact as rounding allows.
        var difference = Vector<double>.Build.Dense(step) - expected;
        var relative = Math.Sqrt(Math.Abs(difference * (whole * difference)) / Math.Abs(expected * (whole * expected)));
        Assert.True(relative <= 1e-10, $"{c}: {relative:E2}");
        Assert.Equal(1, promised / (0.5 * (expected * (whole * expected))), 1e-8);
    }

    private static (Matrix<double> Curvature, Matrix<double> Metric) Plain(BoundKernel bound, bool gaussNewton, double[] x)
    {
        var (d, n) = (bound.Kernel.D, bound.Kernel.N);
        var (size, direction, product) = (d * n, new double[d * n], new double[d * n]);
        var curvature = DenseMatrix.Create(size, size, 0);
        bound.Kernel.Gradient(x, product);
        for (var k = 0; k < size; k++)
        {
            direction[k] = 1;
            if (gaussNewton) bound.Kernel.GaussNewton(direction, product);
            else bound.Kernel.HessianVector(direction, product);
            direction[k] = 0;
            curvature.SetColumn(k, product);
        }

        var states = Matrix.Of(d, n, x);
        var (q, u) = (bound.Weights * states, bound.Weights.Transpose() * states);
        var m = q * q.Transpose() + u * u.Transpose();
        m += bound.Value.Match(v => (1.0 / n) * (v * v.Transpose()), () => 0 * m);
        var trace = Enumerable.Range(0, d).Sum(a => m[a, a]);
        m += (trace > 0 ? MetricFloor * trace / d : 1) * Matrix.Identity(d);
        return (curvature, DenseMatrix.Create(size, size, (k, l) => k % n == l % n ? m[k / n, l / n] : 0));
    }
}

/// <summary>One step, drawn: sizes on both sides of n = d, every loss, both curvatures, weights and states of full and of low rank.</summary>
public sealed record StepCase(int D, int N, Observation Observation, Mask Mask, bool GaussNewton, int WeightRank, int StateRank, double Damping, int Seed)
{
    internal (BoundKernel Bound, double[] X, double[] Gradient) Make()
    {
        var random = new Random(Seed);
        var weights = LowRank(random, D, D, Math.Min(WeightRank, D));
        var states = LowRank(random, D, N, Math.Min(StateRank, Math.Min(D, N)));
        var layer = new AttentionLayer(0, D, LanguageExt.Prelude.Seq1(Head.OfProduct(weights)), Mask, 1 / Math.Sqrt(D), LanguageExt.Prelude.None);
        var value = Planted.Normal(random, D, D, 1 / Math.Sqrt(D));
        var observed = Observation switch
        {
            Observation.Scores => Forward.Scores(layer, layer.Heads[0], states),
            Observation.Attention => Forward.Attention(layer, layer.Heads[0], states),
            _ => Forward.Attention(layer, layer.Heads[0], states) * (states.Transpose() * value),
        };
        var problem = new Problem("step", layer, Dims.Of(D, N).ThrowIfFail(), Observation, LanguageExt.Prelude.Seq1(observed), Precision.Float64, value, LanguageExt.Prelude.None);
        var bound = BoundKernel.Of(problem, KernelTable.BuiltIn, "test").ThrowIfFail();

        // Away from the truth within the same span, so that a low rank stays one.
        var x = (states + 0.1 * (Planted.Normal(random, D, D, 1 / Math.Sqrt(D)) * states)).Values.ToArray();
        var gradient = new double[x.Length];
        bound.Kernel.Gradient(x, gradient);
        return (bound, x, gradient);
    }

    private static Matrix LowRank(Random random, int rows, int columns, int rank) =>
        Planted.Normal(random, rows, rank, 1 / Math.Sqrt(rank)) * Planted.Normal(random, rank, columns, 1);
}

public static class StepArbitraries
{
    public static Arbitrary<StepCase> Case() => Arb.From(
        from d in Gen.Choose(2, 12)
        from n in Gen.Choose(2, 40)
        from observation in Gen.Frequency(
            (3, Gen.Constant(Observation.Attention)), (3, Gen.Constant(Observation.Scores)), (1, Gen.Constant(Observation.Output)))
        from mask in Gen.Frequency((3, Gen.Constant(Mask.None)), (1, Gen.Constant(Mask.Causal)))
        from gaussNewton in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
        from weightRank in Gen.Frequency((3, Gen.Constant(12)), (1, Gen.Choose(1, 4)))
        from stateRank in Gen.Frequency((3, Gen.Constant(12)), (1, Gen.Choose(1, 4)))
        from damping in Gen.Elements(1.0, 1e-2, 1e-5)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new StepCase(d, n, observation, mask, gaussNewton, weightRank, stateRank, damping, seed),
        c => c.N > 2 ? [c with { N = c.N - 1 }] : []);
}
