namespace Unmask.Kernels.Measurement;

/// <summary>
/// Floating-point operations of one evaluation, a multiply-add as two: the products in the fewest operations we know of, and what lies
/// between them. Exponentials are not counted. A kernel that does more work than this gets no credit for it.
/// </summary>
public static class FlopCount
{
    /// <summary>The count for one problem without a mask.</summary>
    public static double Of(LossModel model, int d, int n, Evaluation evaluation) =>
        OfProducts(model, d, n, evaluation) + Between(model, evaluation) * (double)n * n;

    /// <summary>What of it is products of matrices.</summary>
    public static double OfProducts(LossModel model, int d, int n, Evaluation evaluation) =>
        Products(model, d, n, evaluation) * (model == LossModel.Output ? 2 : 1);

    // The output model adds, product for product, those of Xᵀ V with the map.
    private static double Products(LossModel model, double d, double n, Evaluation evaluation) => evaluation switch
    {
        Evaluation.Gradient => 4 * d * d * n + 6 * d * n * n,
        Evaluation.HessianVector => 4 * d * d * n + 12 * d * n * n,
        // JᵀJ of the scores is a sum of d×d matrices: independent of n².
        Evaluation.GaussNewton when model == LossModel.Scores => Math.Min(8 * d * n * n, 10 * d * d * n),
        Evaluation.GaussNewton when model == LossModel.Output => 2 * d * d * n + 8 * d * n * n,
        Evaluation.GaussNewton => 8 * d * n * n,
        _ => throw new ArgumentOutOfRangeException(nameof(evaluation)),
    };

    // Operations an entry of the map: residual and loss, and the softmax and its derivatives where the model has one.
    private static double Between(LossModel model, Evaluation evaluation) => (evaluation, model) switch
    {
        (Evaluation.Gradient, LossModel.Scores) => 3,
        (Evaluation.Gradient, LossModel.LogAttention) => 5,
        (Evaluation.Gradient, _) => 11,
        (_, LossModel.Scores) => 0,
        (_, LossModel.LogAttention) => 2,
        (Evaluation.HessianVector, _) => 30,
        _ => 12,
    };
}
