using System.Numerics;
using Unmask.Generated;
using Unmask.Kernels;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// What an evaluation has to do besides its products, done alone and in the first cache: the pass over the map where the tiles of its product do not do it on the way, and for
/// batches the change of layout. With the products at the peak of multiply-adds it gives the least time that any arrangement of these parts could take.
/// </summary>
internal static unsafe class Remainder
{
    /// <summary>Whether tiles do all there is: they compare a product with what is observed, and of scores that is everything.</summary>
    public static bool IsNothing(Question q) => q is { Evaluation: "gradient", Count: 1, Loss: LossModel.Scores } && (q.D > 8 || q.N > 8);

    /// <summary>
    /// The passes of one evaluation, or of all problems of a batch. Null where there is none, and for a single problem that stays in registers altogether.
    /// </summary>
    public static Action<int>? Pass<T>(Question q)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (q.Evaluation is not ("gradient" or "batch")) return AlongDirection<T>(q);
        if (!ProductsAlone.HasParts(q)) return null;
        var lanes = q.Count > 1 ? Math.Max(1, (int)VectorWidths.Best / 8 / sizeof(T)) : 1;
        var passes = Emitted.Of<IPasses<T>, T>("Passes", lanes > 1);
        var (columns, stride) = lanes > 1 ? new MapCut(q.N, Strides.Rows(q.N) * lanes) : MapCut.Of<T>(q);
        var (b, s, ds) = (Map(), Map(), Map());
        var (mixed, seen, residual, sums) = (States(), States(), States(), Map());
        var random = new Random(1);
        for (var k = 0; k < s.Length; k++) s[k] = T.CreateChecked(random.NextDouble());
        var total = GC.AllocateArray<T>(64, pinned: true);
        return times =>
        {
            for (var left = (long)times * q.Count / lanes; left > 0; left--)
                fixed (T* pb = b, ps = s, pd = ds, pt = total, pm = mixed, po = seen, pr = residual, sum = sums)
                {
                    for (var first = 0; first < q.N; first += columns)
                        switch (q.Loss)
                        {
                            case LossModel.Scores: passes.ScoresGradient1(ps, pb, pd, q.N, columns, stride, false, 0, pt); break;
                            case LossModel.LogAttention: passes.LogAttentionGradient1(ps, pb, pd, q.N, columns, stride, false, 0, pt); break;
                            case LossModel.Output:
                                passes.OutputLoss1(ps, ps, q.N, columns, stride, false, 0);
                                passes.OutputGradient2(pm, po, sum, pr, q.D, columns, stride, false, 0, pt);
                                passes.OutputGradient3(ps, pb, sum, pd, q.N, columns, stride, false, 0);
                                break;
                            default: passes.AttentionGradient1(ps, ps, pb, pd, q.N, columns, stride, false, 0, pt); break;
                        }
                }
        };

        T[] States() => GC.AllocateArray<T>(Strides.Rows(q.D) * stride, pinned: true);

        T[] Map() => GC.AllocateArray<T>(Strides.Rows(q.N) * stride, pinned: true);
    }

    private static Action<int>? AlongDirection<T>(Question q)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (q.Loss != LossModel.Attention || q is { D: <= 8, N: <= 8 }) return null;
        var passes = Emitted.Of<IPasses<T>, T>("Passes", isPerLane: false);
        var (columns, stride) = MapCut.Of<T>(q);
        var (p, s, ds) = (Map(), Map(), Map());
        return times =>
        {
            for (; times > 0; times--)
                fixed (T* pp = p, ps = s, pd = ds)
                {
                    for (var first = 0; first < q.N; first += columns)
                        if (q.Evaluation == "hessian") passes.AttentionHessianVector1(pp, ps, pd, ps, q.N, columns, stride, false, 0);
                        else passes.AttentionGaussNewton1(pp, ps, ps, q.N, columns, stride, false, 0);
                }
        };

        T[] Map() => GC.AllocateArray<T>(Strides.Rows(q.N) * stride, pinned: true);
    }

    /// <summary>The change of layout of a batch, there and back.</summary>
    public static Action<int> Layout<T>(AttentionBatch<T> batch, T[] x, T[] gradient)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        times =>
        {
            for (; times > 0; times--) batch.ChangeLayout(x, gradient);
        };
}
