using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Which random starts deserve a descent of their own: many of them walk downhill a little, side by side in one batch, and those that have come
/// lowest go on, the lowest first. Every start walks by itself, so the outcome does not depend on threads or on who walks beside it.
/// </summary>
internal static class Screening
{
    private const int CandidatesForEach = 16;
    private const int AtOnce = 8;
    private const int Steps = 60;

    /// <summary>So many starts of <paramref name="bound"/>'s problem, d×n each; a few at a time are found when the first of them is asked for.</summary>
    public static IEnumerable<double[]> Promising(BoundKernel bound, Dims dims, SolverOptions options, int wanted)
    {
        for (var done = 0; done < wanted; done += AtOnce)
            foreach (var start in Best(bound, dims, options, done * CandidatesForEach, Math.Min(AtOnce, wanted - done)))
                yield return start;
    }

    private static IReadOnlyList<double[]> Best(BoundKernel bound, Dims dims, SolverOptions options, int before, int wanted)
    {
        var (count, size) = (wanted * CandidatesForEach, dims.Unknowns);
        var batch = bound.NewBatch(count, options.Threads.IfNone(Environment.ProcessorCount));
        var x = new double[count * size];
        for (var p = 0; p < count; p++) Starts.At(dims, options, before + p + 1).CopyTo(x, p * size);
        var (gradient, losses) = (new double[count * size], new double[count]);
        batch.Gradient(x, gradient, losses);
        var (trial, trialGradient, trialLosses) = (new double[count * size], new double[count * size], new double[count]);
        var lengths = Enumerable.Range(0, count).Select(p => 1 / Math.Max(1, TensorPrimitives.Norm<double>(gradient.AsSpan(p * size, size)))).ToArray();
        for (var step = 0; step < Steps; step++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            if (options.Deadline.IsCancellationRequested) break;
            for (var p = 0; p < count; p++)
                TensorPrimitives.MultiplyAdd(Of(gradient, p), -lengths[p], Of(x, p), Of(trial, p));
            batch.Gradient(trial, trialGradient, trialLosses);
            for (var p = 0; p < count; p++) lengths[p] = Advance(p);
        }

        return [.. Enumerable.Range(0, count).OrderBy(p => double.IsFinite(losses[p]) ? losses[p] : double.MaxValue).Take(wanted).Select(p => Of(x, p).ToArray())];

        Span<double> Of(double[] all, int p) => all.AsSpan(p * size, size);

        // The step of GradientDescent; one that does not fall enough is taken back, and the next is shorter.
        double Advance(int p)
        {
            var (length, slope) = (lengths[p], TensorPrimitives.SumOfSquares<double>(Of(gradient, p)));
            if (!GradientDescent.FallsEnough(losses[p], trialLosses[p], length, slope)) return length / 4;
            length = GradientDescent.NextLength(length, slope, Of(gradient, p), Of(trialGradient, p));
            Of(trial, p).CopyTo(Of(x, p));
            Of(trialGradient, p).CopyTo(Of(gradient, p));
            losses[p] = trialLosses[p];
            return length;
        }
    }
}
