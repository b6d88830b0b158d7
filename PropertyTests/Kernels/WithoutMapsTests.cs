using FsCheck.Xunit;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Unmask.PropertyTests.Oracle.Numbers;
using Xunit;
using Counted = Unmask.Kernels.Measurement.Evaluation;
using FlopCount = Unmask.Kernels.Measurement.FlopCount;

namespace Unmask.PropertyTests.Kernels;

/// <summary>The Gauss–Newton product of unmasked scores by d×d matrices: the same numbers as by maps, and taken where it is less work.</summary>
public class WithoutMapsTests
{
    private const double Roundoff = 1.0 / (1L << 53);

    [Fact]
    public void Only_scores_of_one_head_do_without_maps() =>
        Assert.Equal(["Scores"], Loss.All.Where(loss => new Derivatives(loss).GaussNewtonWithoutMaps is not null).Select(loss => loss.Name));

    [Fact]
    public void Nothing_in_them_is_a_map()
    {
        var expression = Expressions.Of(Scores(3, 4, causal: false)).GaussNewtonWithoutMaps!;
        Assert.DoesNotContain(Walk.ToRoot(expression), e => e.Shape == Shape.Map);
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(KernelArbitraries)])]
    public void Both_expressions_are_equal_without_a_mask(MergedCase any)
    {
        var c = Scores(any.D, any.N, causal: false, any.Seed);
        var (interpreter, derivatives) = (new Interpreter<Traced>(c), Expressions.Of(c));
        var (a, b) = (interpreter.Value(derivatives.GaussNewton).Cast<Traced>().ToArray(), interpreter.Value(derivatives.GaussNewtonWithoutMaps!).Cast<Traced>().ToArray());
        Close.Assert($"{c}", [.. a.Select(t => t.Value)], [.. a.Zip(b, (x, y) => x.Error + y.Error)], [.. b.Select(t => t.Value)], Roundoff);
    }

    /// <summary>Sizes at which the work is the same, one token more, and well to both sides of that.</summary>
    [Theory]
    [InlineData(4, 5)]
    [InlineData(4, 6)]
    [InlineData(8, 10)]
    [InlineData(8, 11)]
    [InlineData(4, 32)]
    [InlineData(16, 16)]
    [InlineData(16, 32)]
    [InlineData(13, 37)]
    [InlineData(37, 13)]
    [InlineData(3, 200)]
    public void Kernels_agree_on_both_sides_of_the_choice(int d, int n)
    {
        foreach (var causal in new[] { false, true })
            ThreeWays.KernelsAgree(Scores(d, n, causal), (KernelTable.BuiltIn, "built-in"), (KernelTable.AnySize, "any-size"));
    }

    [Fact]
    public void A_new_point_is_prepared_anew()
    {
        var (c, kernel) = (Scores(4, 16, causal: false), Bound.Double(Scores(4, 16, causal: false), KernelTable.BuiltIn, VectorWidths.Best));
        var (first, elsewhere, again) = (new double[64], new double[64], new double[64]);
        Product(c.X, first);
        Product(c.T, elsewhere);
        Product(c.X, again);
        Assert.NotEqual(first, elsewhere);
        Assert.Equal(first, again);

        void Product(double[,] x, double[] product)
        {
            kernel.Gradient(KernelRun.Flat<double>(x), product);
            kernel.GaussNewton(KernelRun.Flat<double>(c.U), product);
        }
    }

    /// <summary>What runs is what is counted as least: the emitted choice compares the numbers of products.</summary>
    [Property(Arbitrary = [typeof(KernelArbitraries)])]
    public void The_choice_is_that_of_the_count(MergedCase any)
    {
        var (d, n) = (any.D, any.N);
        var evaluations = Lower.Program(Loss.Of(Form.Merged)[0]).Evaluations;
        var with = 2.0 * evaluations.Single(e => e.Name == "GaussNewton").Products * d * n * n;
        var without = 2.0 * evaluations.Single(e => e.Name == Evaluation.GaussNewtonWithoutMaps).Products * d * d * n;
        Assert.Equal(Math.Min(with, without), FlopCount.Of(LossModel.Scores, d, n, Counted.GaussNewton));
    }

    private static MergedCase Scores(int d, int n, bool causal, int seed = 11) => new(d, n, LossModel.Scores, causal, seed);
}
