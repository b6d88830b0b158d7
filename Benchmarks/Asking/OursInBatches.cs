using System.Numerics;
using Unmask.Kernels;

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
        var table = KernelTable.BuiltIn;
        var batch = typeof(T) == typeof(float)
            ? (AttentionBatch<T>)(object)table.CreateBatchSingle(q.Loss, q.D, q.N, q.Count, threads: threads)
            : (AttentionBatch<T>)(object)table.CreateBatchDouble(q.Loss, q.D, q.N, q.Count, threads: threads);
        batch.Bind(To(file.W), To(file.B), q.Loss == LossModel.Output ? To(file.V) : default);
        var (x, gradient, losses) = (To(file.X), new T[q.Count * q.D * q.N], new T[q.Count]);
        void Evaluate(int times)
        {
            for (; times > 0; times--) batch.Gradient(x, gradient, losses);
        }

        Kernels.Measurement.KernelTiming.WarmUp(Evaluate);
        return new Ours(Evaluate, Math.Max(ProblemFile.Difference(gradient, file.Result), ProblemFile.Difference(losses, file.Loss)), Ours.Allocations(Evaluate), Besides());

        Action<int>?[] Besides() => threads > 1 ? [] : [Remainder.Pass<T>(q), Remainder.Layout(batch, x, new T[gradient.Length])];
    }
}
