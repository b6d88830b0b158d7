using System.Numerics;

namespace Unmask.Kernels;

/// <summary>
/// The loss and gradient of many problems of one size with the same weights. Tiny problems are computed one in every lane of a vector, larger
/// ones one after another; both are shared out over threads, and no result depends on their number. Allocates nothing per evaluation.
/// </summary>
public sealed unsafe class AttentionBatch<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly BatchWorker<T>[] _workers;
    private readonly Crew _crew;
    private readonly Action<int> _work;
    private readonly int _size;
    private readonly int _groups;
    private T* _x;
    private T* _gradient;
    private T* _losses;

    internal AttentionBatch(Func<LossProgram<T>> program, int count, int threads)
    {
        var first = program();
        _crew = new Crew(threads);
        _workers = [new BatchWorker<T>(first), .. Enumerable.Range(1, threads - 1).Select(_ => new BatchWorker<T>(program()))];
        _groups = (count + first.Shape.Lanes - 1) / first.Shape.Lanes;
        (Count, _size, _work) = (count, first.Shape.D * first.Shape.N, Work);
    }

    /// <summary>Number of problems.</summary>
    public int Count { get; }

    /// <summary>
    /// Sets what is known, as <see cref="AttentionKernel{T}.Bind"/> does: weights for all problems, and one observation for all of them or one
    /// after another for each.
    /// </summary>
    public void Bind(ReadOnlySpan<T> weights, ReadOnlySpan<T> observed, ReadOnlySpan<T> value = default)
    {
        foreach (var worker in _workers) worker.Bind(weights, observed, value, Count);
    }

    /// <summary>The losses at X (each d×n, problem after problem), and the gradients in the same order.</summary>
    public void Gradient(ReadOnlySpan<T> x, Span<T> gradient, Span<T> losses)
    {
        if (x.Length != Count * _size) throw new ArgumentException($"x has {x.Length} entries, {Count} problems need {Count * _size}.", nameof(x));
        if (gradient.Length != x.Length) throw new ArgumentException($"gradient has {gradient.Length} entries, {Count} problems need {Count * _size}.", nameof(gradient));
        if (losses.Length != Count) throw new ArgumentException($"losses has {losses.Length} entries for {Count} problems.", nameof(losses));
        fixed (T* px = x, pg = gradient, pl = losses)
        {
            _x = px;
            _gradient = pg;
            _losses = pl;
            _crew.Run(_work);
        }
    }

    /// <summary>Only the change of layout of an evaluation, there and back, on the caller's thread: what it costs alone.</summary>
    internal void ChangeLayout(ReadOnlySpan<T> x, Span<T> gradient)
    {
        fixed (T* px = x, pg = gradient)
            for (var group = 0; group < _groups; group++)
            {
                _workers[0].Fill(group, Count, px);
                _workers[0].Drain(group, Count, pg);
            }
    }

    public void Dispose() => _crew.Dispose();

    // Thread t takes every so-manyth group: which one computes a group decides nothing about its result.
    private void Work(int thread)
    {
        for (var group = thread; group < _groups; group += _workers.Length) _workers[thread].Gradient(group, Count, _x, _gradient, _losses);
    }
}
