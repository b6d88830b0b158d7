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
        var batch = Bound(threads, q.Count, To(file.B));
        var evaluate = Evaluation(batch, x, gradient, losses);
        KernelTiming.WarmUp(evaluate);
        var error = Math.Max(ProblemFile.Difference(gradient, file.Result), ProblemFile.Difference(losses, file.Loss));
        var ours = new Ours(evaluate, error, Ours.Allocations(evaluate), threads > 1 ? [] : [Remainder.Pass<T>(q), Remainder.Layout(batch, x, new T[gradient.Length])]);
        if (threads == 1) return ours;
        var half = q.Count / 2;
        return ours with { Shared = new(Alone(0, q.Count), Alone(0, half), Alone(half, q.Count - half), (gradient.Length + losses.Length) * Unsafe.SizeOf<T>()) };

        // Some of the problems as a batch of one thread's, with arrays of its own.
        Action<int> Alone(int first, int count)
        {
            T[] Of(double[] values) => To(values[(values.Length / q.Count * first)..(values.Length / q.Count * (first + count))]);
            return Evaluation(Bound(1, count, Of(file.B)), Of(file.X), new T[count * q.D * q.N], new T[count]);
        }

        AttentionBatch<T> Bound(int by, int count, T[] observed)
        {
            var table = KernelTable.BuiltIn;
            var bound = typeof(T) == typeof(float)
                ? (AttentionBatch<T>)(object)table.CreateBatchSingle(q.Loss, q.D, q.N, count, threads: by)
                : (AttentionBatch<T>)(object)table.CreateBatchDouble(q.Loss, q.D, q.N, count, threads: by);
            bound.Bind(To(file.W), observed, q.Loss == LossModel.Output ? To(file.V) : default);
            return bound;
        }

        Action<int> Evaluation(AttentionBatch<T> of, T[] states, T[] result, T[] loss) => times =>
        {
            for (; times > 0; times--) of.Gradient(states, result, loss);
        };
    }
}
