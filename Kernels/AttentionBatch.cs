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

    // So many shares a thread: what one of them is held up for, the others do meanwhile.
    private const int SharesEach = 8;

    private readonly LossProgram<T> _first;
    private readonly BatchWorker<T>[] _workers;
    private readonly SharedWork _shares;
    private readonly int _size;
    private readonly int _groups;
    private readonly int _groupsEach;
    private T* _x;
    private T* _gradient;
    private T* _losses;

    internal AttentionBatch(Func<LossProgram<T>> program, int count, int threads)
    {
        _first = program();
        var (d, n, lanes) = (_first.Shape.D, _first.Shape.N, _first.Shape.Lanes);
        (Count, _size, _groups) = (count, d * n, (count + lanes - 1) / lanes);
        if ((double)count * _size * (d + n) < WorthSharing) threads = 1;
        _groupsEach = threads == 1 ? _groups : Math.Max(1, _groups / (SharesEach * threads));
        _shares = new SharedWork(Share, threads, left: 1);
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
            _shares.Run(Shares);
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

    private int Shares => (_groups + _groupsEach - 1) / _groupsEach;

    // Which thread computes a group decides nothing about its result. Two that begin with neighbouring ranges go away from where these meet: processors seem to
    // fetch what lies ahead of them, and would take lines that another writes, and give them back, every time.
    private void Share(int number, int thread)
    {
        var (first, begin, end) = _shares.RangeOf(number, Shares);
        var step = _shares.Threads > 1 && first % 2 == 0 ? -1 : 1;
        var share = step > 0 ? number : begin + end - 1 - number;
        var (low, high) = (share * _groupsEach, Math.Min(_groups, (share + 1) * _groupsEach));
        for (var group = step > 0 ? low : high - 1; group >= low && group < high; group += step)
            _workers[thread].Gradient(group, group + step, _x, _gradient, _losses);
    }
}
