using Unmask.Kernels;
using Unmask.Kernels.Measurement;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>What a gradient is taken apart into is what it is made of.</summary>
public class PartsAloneTests
{
    public static TheoryData<LossModel> Models => [LossModel.Scores, LossModel.Attention, LossModel.LogAttention, LossModel.CrossEntropy, LossModel.Output];

    // Of scores that are compared with nothing the residual is the scores.
    [Fact]
    public void The_products_of_scores_compared_with_zero_are_their_gradient()
    {
        if (Apart(LossModel.Scores) is not { } kernel) return;
        var problem = Problem(LossModel.Scores);
        kernel.Bind(problem.Weights, new double[problem.Observed.Length]);
        var gradient = Gradient(kernel, problem);
        kernel.PartsAlone!.RunPasses();
        kernel.PartsAlone!.RunProducts();
        Assert.All(gradient.Zip(Rows(kernel), (a, b) => Math.Abs(a - b)), difference => Assert.True(difference < 1e-13));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void After_its_parts_a_gradient_is_the_same(LossModel model)
    {
        if (Apart(model) is not { } kernel) return;
        var problem = Problem(model);
        var gradient = Gradient(kernel, problem);
        kernel.PartsAlone!.RunProducts();
        Assert.NotEqual(gradient, Rows(kernel));
        kernel.PartsAlone!.RunPasses();
        Assert.Equal(gradient, Gradient(kernel, problem));
    }

    private static MeasuredProblem<double> Problem(LossModel model) => MeasuredProblem<double>.Random(model, 4, 4);

    // Null where the machine has no vectors of 256 bits.
    private static AttentionKernel<double>? Apart(LossModel model) =>
        VectorWidths.Supported.Contains(VectorWidth.Bits256) ? Problem(model).Bound(KernelTable.BuiltIn, VectorWidth.Bits256) : null;

    private static double[] Gradient(AttentionKernel<double> kernel, MeasuredProblem<double> problem)
    {
        kernel.States.Set(problem.States);
        kernel.Gradient();
        return Rows(kernel);
    }

    private static double[] Rows(AttentionKernel<double> kernel) => [.. from row in Enumerable.Range(0, 4) from column in Enumerable.Range(0, 4) select kernel.GradientRows[row, column]];
}
