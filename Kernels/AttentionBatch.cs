using System.Numerics;

namespace Unmask.Kernels;

/// <summary>
/// The loss and gradient of many problems of one size with the same weights. Tiny problems are computed one in every lane of a vector, larger
/// ones one after another; both are shared out over threads, and no result depends on their number. Allocates nothing per evaluation.
/// </summary>
public sealed unsafe class AttentionBatch<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // d n (d + n) for every problem. Below it the hand-over takes up what a second thread saves: some two microseconds.
    private const double WorthSharing = 4e4;

    // Of what a thread begins with, the last eighth is taken at once by whoever takes it.
    private const int Eighths = 8;

    private readonly LossProgram<T> _first;
    private readonly BatchWorker<T>[] _workers;
    private readonly SharedWork _work;
    private readonly int _size;
    private readonly int _groups;
    private T* _x;
    private T* _gradient;
    private T* _losses;

    internal AttentionBatch(Func<LossProgram<T>> program, int count, int threads)
    {
        _first = program();
        var (d, n, lanes) = (_first.Shape.D, _first.Shape.N, _first.Shape.Lanes);
        (Count, _size, _groups) = (count, d * n, (count + lanes - 1) / lanes);
        if ((double)count * _size * (d + n) < WorthSharing) threads = 1;
        _work = SharedWork.InHalves(Groups, threads, least: _groups / (Eighths * threads));
        _workers = [new BatchWorker<T>(_first, count), .. Enumerable.Range(1, threads - 1).Select(_ => new BatchWorker<T>(program(), count))];
    }

    /// <summary>Number of problems.</summary>
    public int Count { get; }

    /// <summary>
    /// Sets what is known, as <see cref="AttentionKernel{T}.Bind"/> does: weights for all problems, and one observation for all of them or one
    /// after another for each.
    /// </summary>
    public void Bind(ReadOnlySpan<T> weights, ReadOnlySpan<T> observed, ReadOnlySpan<T> value = default)
    {
        var observations = new BatchObservations<T>(_first, observed, Count);
        foreach (var worker in _workers) worker.Bind(weights, value, observations);
    }

    /// <summary>The losses at X (each d×n, problem after problem), and the gradients in the same order.</summary>
    public void Gradient(ReadOnlySpan<T> x, Span<T> gradient, Span<T> losses)
    {
        if (x.Length != Count * _size) throw new ArgumentException($"x has {x.Length} entries, {Count} problems need {Count * _size}.", nameof(x));
        if (gradient.Length != x.Length) throw new ArgumentException($"gradient has {gradient.Length} entries, {Count} problems need {Count * _size}.", nameof(gradient));
        if (losses.Length != Count) throw new ArgumentException($"losses has {losses.Length} entries for {Count} problems.", nameof(losses));
        fixed (T* px = x, pg = gradient, pl = losses)
        {
            // What does not change is not written: other threads have it at hand.
            if (_x != px) _x = px;
            if (_gradient != pg) _gradient = pg;
            if (_losses != pl) _losses = pl;
            _work.Run(_groups);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Only the change of layout of an evaluation, there and back, on the caller's thread: what it costs alone.</summary>
    internal void ChangeLayout(ReadOnlySpan<T> x, Span<T> gradient)
    {
        fixed (T* px = x, pg = gradient)
            for (var group = 0; group < _groups; group++)
            {
                _workers[0].Gather(group, px);
                _workers[0].Scatter(group, pg);
            }
    }

    // Which thread computes a group decides nothing about its result. Two that begin with neighbouring ranges go away from where these meet: processors seem to
    // fetch what lies ahead of them, and would take lines that another writes, and give them back, every time.
    private void Groups(int first, int end, int thread)
    {
        var range = _work.RangeOf(first, _groups);
        if (_work.Threads > 1 && range.Thread % 2 == 0 && end <= range.End) Gradients(range.Begin + range.End - end, range.Begin + range.End - first, lastFirst: true);
        else Gradients(first, end, lastFirst: false);

        void Gradients(int from, int to, bool lastFirst) => _workers[thread].Gradients(from, to, lastFirst, _x, _gradient, _losses);
    }
}
