using System.Numerics;

namespace Unmask.Kernels.Measurement;

/// <summary>
/// A problem to time a kernel on: dense, of scores near one, the same for the same sizes. All matrices as <see cref="AttentionKernel{T}.Bind"/>
/// and <see cref="AttentionKernel{T}.Gradient"/> take them.
/// </summary>
public sealed record MeasuredProblem<T>(LossModel Model, int D, int N, T[] Weights, T[] Value, T[] States, T[] Direction, T[] Observed)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A random problem. What is "observed" is a uniform map, or zero outputs, whatever the model.</summary>
    public static MeasuredProblem<T> Random(LossModel model, int d, int n)
    {
        var random = new Random(1);
        T[] Uniform(int count, double scale) => [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked(scale * (2 * random.NextDouble() - 1)))];
        var seen = model switch
        {
            LossModel.Output => 0,
            LossModel.Scores or LossModel.LogAttention => -Math.Log(n),
            _ => 1.0 / n,
        };
        return new MeasuredProblem<T>(
            model,
            d,
            n,
            Uniform(d * d, 3.0 / d),
            Uniform(d * d, 1.7 / Math.Sqrt(d)),
            Uniform(d * n, 1),
            Uniform(d * n, 1),
            [.. Enumerable.Repeat(T.CreateChecked(seen), n * (model == LossModel.Output ? d : n))]);
    }

    /// <summary>A kernel of this table, bound to the problem and at its states.</summary>
    public AttentionKernel<T> Bound(KernelTable table, VectorWidth? width = null, int? threads = null)
    {
        var kernel = default(T) switch
        {
            float => (AttentionKernel<T>)(object)table.CreateSingle(Model, D, N, width: width, threads: threads),
            double => (AttentionKernel<T>)(object)table.CreateDouble(Model, D, N, width: width, threads: threads),
            _ => throw new NotSupportedException($"There are no kernels for {typeof(T)}."),
        };
        kernel.Bind(Weights, Observed, Model == LossModel.Output ? Value : default);
        kernel.Gradient(States, new T[States.Length]);
        return kernel;
    }

    /// <summary>Evaluates a bound kernel so many times on the states and the direction that it holds, as a solver that works in place does.</summary>
    public Action<int> EvaluateInPlace(AttentionKernel<T> kernel, Evaluation evaluation)
    {
        kernel.Direction.Set(Direction);
        void Gradient(int times)
        {
            var bound = kernel; // not read anew each time, as from what a delegate holds it would be
            for (; times > 0; times--) bound.Gradient();
        }

        void HessianVector(int times)
        {
            var bound = kernel;
            for (; times > 0; times--) bound.HessianVector();
        }

        void GaussNewton(int times)
        {
            var bound = kernel;
            for (; times > 0; times--) bound.GaussNewton();
        }

        return evaluation switch
        {
            Evaluation.Gradient => Gradient,
            Evaluation.HessianVector => HessianVector,
            Evaluation.GaussNewton => GaussNewton,
            _ => throw new ArgumentOutOfRangeException(nameof(evaluation)),
        };
    }

    /// <summary>Evaluates a bound kernel so many times, into <paramref name="result"/> (d×n): what <see cref="KernelTiming"/> takes.</summary>
    public Action<int> Evaluate(AttentionKernel<T> kernel, Evaluation evaluation, T[] result)
    {
        void Gradient(int times)
        {
            for (; times > 0; times--) kernel.Gradient(States, result);
        }

        void HessianVector(int times)
        {
            for (; times > 0; times--) kernel.HessianVector(Direction, result);
        }

        void GaussNewton(int times)
        {
            for (; times > 0; times--) kernel.GaussNewton(Direction, result);
        }

        return evaluation switch
        {
            Evaluation.Gradient => Gradient,
            Evaluation.HessianVector => HessianVector,
            Evaluation.GaussNewton => GaussNewton,
            _ => throw new ArgumentOutOfRangeException(nameof(evaluation)),
        };
    }

    /// <summary>Evaluates loss and gradient of so many problems like this one so many times, on one thread.</summary>
    public Action<int> EvaluateBatch(KernelTable table, int count)
    {
        var batch = default(T) switch
        {
            float => (AttentionBatch<T>)(object)table.CreateBatchSingle(Model, D, N, count, threads: 1),
            double => (AttentionBatch<T>)(object)table.CreateBatchDouble(Model, D, N, count, threads: 1),
            _ => throw new NotSupportedException($"There are no kernels for {typeof(T)}."),
        };
        batch.Bind(Weights, Observed, Model == LossModel.Output ? Value : default);
        T[] x = [.. Enumerable.Repeat(States, count).SelectMany(states => states)];
        var (gradient, losses) = (new T[x.Length], new T[count]);
        return times => { for (; times > 0; times--) batch.Gradient(x, gradient, losses); };
    }
}
