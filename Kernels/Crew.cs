namespace Unmask.Kernels;

/// <summary>
/// Threads that wait for work, so that handing it out costs no allocation and little time: they watch for a while before they sleep. The
/// caller works as number 0.
/// </summary>
internal sealed class Crew : IDisposable
{
    private const int Spins = 2000;

    private static readonly Dictionary<int, Crew> Idle = [];

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private Action<int>? _work;
    private int _round;
    private int _left;
    private int _asleep;
    private int _taken;
    private volatile bool _stopped;
    private Exception? _failure;

    public Crew(int size)
    {
        _threads = [.. Enumerable.Range(1, Math.Max(0, size - 1)).Select(number => new Thread(() => Stand(number)) { IsBackground = true, Name = $"kernel {number}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>The crew of a size that everybody may borrow, unless somebody has it already.</summary>
    public static bool TryTake(int size, out Crew crew)
    {
        lock (Idle)
        {
            if (!Idle.TryGetValue(size, out var known)) Idle[size] = known = new Crew(size);
            crew = known;
            return Interlocked.Exchange(ref crew._taken, 1) == 0;
        }
    }

    /// <summary>Lets others have a borrowed crew.</summary>
    public void GiveBack() => Volatile.Write(ref _taken, 0);

    public int Size => _threads.Length + 1;

    /// <summary>Runs the work once for every number below <see cref="Size"/>, and returns when all are done.</summary>
    public void Run(Action<int> work)
    {
        if (_threads.Length > 0)
        {
            _work = work;
            Volatile.Write(ref _left, _threads.Length);
            Interlocked.Increment(ref _round);
            var asleep = Volatile.Read(ref _asleep);
            if (asleep > 0) _wake.Release(asleep);
        }

        work(0);
        var wait = default(SpinWait);
        while (Volatile.Read(ref _left) > 0) wait.SpinOnce(sleep1Threshold: -1);
        if (Interlocked.Exchange(ref _failure, null) is { } failure) throw new AggregateException(failure);
    }

    public void Dispose()
    {
        _stopped = true;
        Interlocked.Increment(ref _round);
        _wake.Release(_threads.Length + 1);
    }

    private void Stand(int number)
    {
        var seen = 0;
        while (true)
        {
            WaitFor(seen);
            seen = Volatile.Read(ref _round);
            if (_stopped) return;
            try
            {
                _work!(number);
            }
            catch (Exception failure)
            {
                Volatile.Write(ref _failure, failure);
            }

            Interlocked.Decrement(ref _left);
        }
    }

    private void WaitFor(int seen)
    {
        for (var spin = 0; spin < Spins; spin++)
        {
            if (Volatile.Read(ref _round) != seen) return;
            Thread.SpinWait(20);
        }

        Interlocked.Increment(ref _asleep);
        while (Volatile.Read(ref _round) == seen) _wake.Wait(1);
        Interlocked.Decrement(ref _asleep);
    }
}
