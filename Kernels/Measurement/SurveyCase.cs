using System.Numerics;

namespace Unmask.Kernels.Measurement;

/// <summary>One line of a survey: an evaluation of a loss at a size, in double or single precision, of one problem or of a batch.</summary>
public sealed record SurveyCase(LossModel Model, Evaluation Evaluation, bool IsDouble, int D, int N, int Batch = 1)
{
    private const int BatchCount = 1024;
    private static readonly LossModel[] Models = [LossModel.Scores, LossModel.Attention, LossModel.LogAttention, LossModel.Output];
    private static readonly bool[] Precisions = [false, true];

    /// <summary>
    /// What says most in little time: gradients of four losses from the smallest to the largest shipped size, products with directions at
    /// two of them, batches of the two smallest, and one size that is not shipped.
    /// </summary>
    public static IReadOnlyList<SurveyCase> Usual { get; } =
    [
        .. from size in new[] { (4, 4), (8, 8), (16, 32), (32, 32), (64, 64), (64, 128) } from model in Models from one in Both(model, Evaluation.Gradient, size) select one,
        .. Both(LossModel.Attention, Evaluation.Gradient, (100, 200)),
        .. from size in new[] { (16, 32), (64, 64) } from one in Both(LossModel.Attention, Evaluation.HessianVector, size) select one,
        .. from model in new[] { LossModel.Scores, LossModel.Attention } from size in new[] { (16, 32), (64, 64) } from one in Both(model, Evaluation.GaussNewton, size) select one,
        .. from size in new[] { (4, 4), (8, 8) } from model in new[] { LossModel.Scores, LossModel.Attention } from one in Both(model, Evaluation.Gradient, size, BatchCount) select one,
    ];

    /// <summary>Floating-point operations of one problem.</summary>
    public double Operations => FlopCount.Of(Model, D, N, Evaluation);

    /// <summary>Everything set up and evaluated once; what evaluates it so many times more.</summary>
    internal Action<int> Prepare() => IsDouble ? Prepare<double>() : Prepare<float>();

    // On one thread, as the peak is.
    private Action<int> Prepare<T>()
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var problem = MeasuredProblem<T>.Random(Model, D, N);
        var evaluate = Batch == 1 ? problem.EvaluateInPlace(problem.Bound(KernelTable.BuiltIn, threads: 1), Evaluation) : problem.EvaluateBatch(KernelTable.BuiltIn, Batch);
        evaluate(1);
        return evaluate;
    }

    private static IEnumerable<SurveyCase> Both(LossModel model, Evaluation evaluation, (int D, int N) size, int batch = 1) =>
        Precisions.Select(isDouble => new SurveyCase(model, evaluation, isDouble, size.D, size.N, batch));
}
