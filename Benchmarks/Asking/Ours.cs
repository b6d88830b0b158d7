using System.Numerics;
using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>One of our kernels on a problem: warmed up, checked, ready to be timed again and again. Error is infinite where it is wrong.</summary>
internal sealed record Ours(Action<int> Evaluate, double Error, long Allocated, params Action<int>?[] Besides)
{
    /// <summary>The products of a program that can be taken apart, alone.</summary>
    public Action<int>? Products { get; init; }

    /// <summary>What a second thread is measured by, where two share the work.</summary>
    public SharedByTwo? Shared { get; init; }

    public static Ours? For(KernelTable table, string folder, Question q, int threads) =>
        q.Precision == "float" ? For<float>(table, folder, q, threads) : For<double>(table, folder, q, threads);

    private static Ours? For<T>(KernelTable table, string folder, Question q, int threads)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        q.Evaluation == "batch" ? OursInBatches.For<T>(folder, q, threads) : One<T>(table, ProblemFile.Read(folder, q), q);

    private static Ours One<T>(KernelTable table, ProblemFile file, Question q)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] To(double[] values) => ProblemFile.To<T>(values);
        var problem = new MeasuredProblem<T>(q.Loss, q.D, q.N, To(file.W), To(file.V), To(file.X), To(file.U), To(file.B));
        var kernel = problem.Bound(table, threads: 1);
        var result = new T[file.Result.Length];
        var evaluate = problem.Evaluate(kernel, q.Asked, result);
        evaluate(1);
        var inPlace = problem.EvaluateInPlace(kernel, q.Asked); // as every peer works on matrices of its own
        KernelTiming.WarmUp(inPlace);
        var error = Math.Max(
            ProblemFile.Difference(result, file.Result),
            ProblemFile.Difference([kernel.Loss(problem.States)], file.Loss));
        if (q.Asked == Evaluation.Gradient && kernel.PartsAlone is { } parts)
            return new Ours(inPlace, error, Allocations(inPlace), Warm(PassesOf(parts))) { Products = Warm(ProductsOf(parts)) };
        return new Ours(inPlace, error, Allocations(inPlace), Remainder.IsNothing(q) ? [] : [Remainder.Pass<T>(q)]);
    }

    // Each a loop of its own around the call: another call in between would take as long as a fifteenth of what is timed.
    private static Action<int> PassesOf(IPartsAlone parts) => times =>
    {
        var apart = parts;
        for (; times > 0; times--) apart.RunPasses();
    };

    private static Action<int> ProductsOf(IPartsAlone parts) => times =>
    {
        var apart = parts;
        for (; times > 0; times--) apart.RunProducts();
    };

    private static Action<int> Warm(Action<int> evaluate)
    {
        KernelTiming.WarmUp(evaluate);
        return evaluate;
    }

    internal static long Allocations(Action<int> evaluate)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        evaluate(10);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / 10;
    }
}
