using System.Numerics;
using System.Runtime.CompilerServices;
using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// Our batches, one problem a lane, on one thread or two. <see cref="ProblemFile"/> holds 1,024 problems that share W and V: states, observations and
/// expected gradients one after the other. The times are divided by their number elsewhere; what is timed includes the change of layout.
/// </summary>
internal static class OursInBatches
{
    public static Ours? For<T>(string folder, Question q, int threads)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var file = ProblemFile.Read(folder, q);
        T[] To(double[] values) => ProblemFile.To<T>(values);
        var (x, gradient, losses) = (To(file.X), new T[q.Count * q.D * q.N], new T[q.Count]);
        var batch = Bound(threads);
        var evaluate = Evaluation(batch);
        KernelTiming.WarmUp(evaluate);
        var error = Math.Max(ProblemFile.Difference(gradient, file.Result), ProblemFile.Difference(losses, file.Loss));
        var ours = new Ours(evaluate, error, Ours.Allocations(evaluate), threads > 1 ? [] : [Remainder.Pass<T>(q), Remainder.Layout(batch, x, new T[gradient.Length])]);
        return threads > 1 ? ours with { ByOne = Evaluation(Bound(by: 1)), Left = (gradient.Length + losses.Length) * Unsafe.SizeOf<T>() } : ours;

        AttentionBatch<T> Bound(int by)
        {
            var table = KernelTable.BuiltIn;
            var bound = typeof(T) == typeof(float)
                ? (AttentionBatch<T>)(object)table.CreateBatchSingle(q.Loss, q.D, q.N, q.Count, threads: by)
                : (AttentionBatch<T>)(object)table.CreateBatchDouble(q.Loss, q.D, q.N, q.Count, threads: by);
            bound.Bind(To(file.W), To(file.B), q.Loss == LossModel.Output ? To(file.V) : default);
            return bound;
        }

        Action<int> Evaluation(AttentionBatch<T> of) => times =>
        {
            for (; times > 0; times--) of.Gradient(x, gradient, losses);
        };
    }
}
