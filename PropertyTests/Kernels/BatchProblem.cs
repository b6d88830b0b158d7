using System.Numerics;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Problems of one size with the same weights, drawn from a seed; one observation for all, or one for each.</summary>
internal sealed record BatchProblem(LossModel Model, int D, int N, int Count, bool Causal, bool Shares)
{
    private readonly MergedCase[] _cases = Draw(Model, D, N, Count, Causal, Shares);

    /// <summary>How far rounding may move each number, in unit roundoffs.</summary>
    public (double[] Losses, double[] Gradients) Errors
    {
        get
        {
            var slopes = _cases.Select(BoundedRun.Slope).ToArray();
            return ([.. slopes.Select(s => s.Loss.Error)], [.. slopes.SelectMany(s => s.Gradient).Select(t => t.Error)]);
        }
    }

    /// <summary>What a batch says of them: losses and gradients, problem after problem, widened to double.</summary>
    public (double[] Losses, double[] Gradients) Of<T>(AttentionBatch<T> batch)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Bind(batch);
        var (gradients, losses) = (new T[Count * D * N], new T[Count]);
        batch.Gradient(X<T>(), gradients, losses);
        return ([.. losses.Select(double.CreateChecked)], [.. gradients.Select(double.CreateChecked)]);
    }

    /// <summary>What single kernels say of them.</summary>
    public (double[] Losses, double[] Gradients) Of<T>(AttentionKernel<T> kernel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (losses, gradients) = (new List<double>(), new List<double>());
        for (var p = 0; p < Count; p++)
        {
            kernel.Bind(KernelRun.Flat<T>(_cases[0].W), KernelRun.Flat<T>(_cases[p].B), Values<T>());
            var gradient = new T[D * N];
            losses.Add(double.CreateChecked(kernel.Gradient(KernelRun.Flat<T>(_cases[p].X), gradient)));
            gradients.AddRange(gradient.Select(double.CreateChecked));
        }

        return ([.. losses], [.. gradients]);
    }

    public void Bind<T>(AttentionBatch<T> batch)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        batch.Bind(KernelRun.Flat<T>(_cases[0].W), KernelRun.Flat<T>([.. _cases.Take(Shares ? 1 : Count).SelectMany(c => c.B)]), Values<T>());

    public T[] X<T>()
        where T : unmanaged, IFloatingPointIeee754<T> => KernelRun.Flat<T>([.. _cases.Select(c => c.X)]);

    private T[] Values<T>()
        where T : unmanaged, IFloatingPointIeee754<T> => Model == LossModel.Output ? KernelRun.Flat<T>(_cases[0].V) : [];

    private static MergedCase[] Draw(LossModel model, int d, int n, int count, bool causal, bool shares)
    {
        var cases = Enumerable.Range(0, count).Select(p => new MergedCase(d, n, model, causal, seed: 100 + p)).ToArray();
        var first = cases[0];
        return [.. cases.Select(c => new MergedCase(d, n, model, causal, c.Seed) { W = first.W, V = first.V, B = shares ? first.B : c.B })];
    }
}
