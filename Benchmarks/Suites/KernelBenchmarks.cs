using System.Numerics;
using BenchmarkDotNet.Attributes;
using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Suites;

/// <summary>
/// Every evaluation of a kernel, for each model, size, precision and instruction set: the specialised kernel against the any-size one.
/// dotnet run -c Release -- --filter '*GradientOf*' picks some.
/// </summary>
[Config(typeof(Widths))]
public abstract class KernelBenchmarks<T>(Evaluation evaluation)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private Action<int> _anySize = _ => { };
    private Action<int> _specialised = _ => { };

    [Params(LossModel.Scores, LossModel.Attention, LossModel.LogAttention, LossModel.Output)]
    public LossModel Model { get; set; }

    [ParamsSource(nameof(Sizes))]
    public Size Size { get; set; }

    /// <summary>Of the shipped sizes those that tell something; all are specialised.</summary>
    public static IEnumerable<Size> Sizes => [new(4, 4), new(8, 8), new(16, 32), new(32, 32), new(64, 64), new(64, 128)];

    [GlobalSetup]
    public void Prepare()
    {
        var problem = MeasuredProblem<T>.Random(Model, Size.D, Size.N);
        Action<int> On(KernelTable table) => problem.Evaluate(problem.Bound(table), evaluation, new T[Size.D * Size.N]);
        (_anySize, _specialised) = (On(KernelTable.AnySize), On(KernelTable.BuiltIn));
    }

    [Benchmark(Baseline = true)]
    public void AnySize() => _anySize(1);

    [Benchmark]
    public void Specialised() => _specialised(1);
}

/// <summary>Loss and gradient.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public class GradientOf<T>() : KernelBenchmarks<T>(Evaluation.Gradient)
    where T : unmanaged, IFloatingPointIeee754<T>;

/// <summary>The Hessian times a direction.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public class HessianVectorOf<T>() : KernelBenchmarks<T>(Evaluation.HessianVector)
    where T : unmanaged, IFloatingPointIeee754<T>;

/// <summary>The Gauss–Newton matrix times a direction.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public class GaussNewtonOf<T>() : KernelBenchmarks<T>(Evaluation.GaussNewton)
    where T : unmanaged, IFloatingPointIeee754<T>;
