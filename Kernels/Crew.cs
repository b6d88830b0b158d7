namespace Unmask.Kernels;

/// <summary>
/// Threads that wait for work, so that handing it out costs no allocation and little time: they watch for a while before they sleep. The
/// caller works as number 0. There is one crew of each size, which whoever has work borrows: <see cref="CrewLoan"/>.
/// </summary>
internal sealed class Crew
{
    // A millisecond and a half of watching, each look some 40 ns after the last.
    private const int Looks = 40_000;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private Action<int>? _work;
    private int _round;
    private int _left;
    private int _asleep;
    private Exception? _failure;

    public Crew(int size)
    {
        _threads = [.. Enumerable.Range(1, size - 1).Select(number => new Thread(() => Stand(number)) { IsBackground = true, Name = $"kernel {number}" })];
        foreach (var thread in _threads) thread.Start();
    }

    public int Size => _threads.Length + 1;

    /// <summary>Runs the work once for every number below <see cref="Size"/>, and returns when all are done, also where the caller's own part fails.</summary>
    public void Run(Action<int> work)
    {
        (_work, _failure) = (work, null);
        Volatile.Write(ref _left, _threads.Length);
        Interlocked.Increment(ref _round);
        var asleep = Volatile.Read(ref _asleep);
        if (asleep > 0) _wake.Release(asleep);
        try
        {
            work(0);
        }
        finally
        {
            WaitForOthers();
        }

        if (Volatile.Read(ref _failure) is { } failure) throw new AggregateException(failure);
    }

    private void WaitForOthers()
    {
        for (var look = 0; Volatile.Read(ref _left) > 0; look++)
        {
            if (look < Looks) Thread.SpinWait(1);
            else Thread.Yield();
        }
    }

    private void Stand(int number)
    {
        var seen = 0;
        while (true)
        {
            WaitFor(seen);
            seen = Volatile.Read(ref _round);
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
        for (var look = 0; look < Looks; look++)
        {
            if (Volatile.Read(ref _round) != seen) return;
            Thread.SpinWait(1);
        }

        Interlocked.Increment(ref _asleep);
        while (Volatile.Read(ref _round) == seen) _wake.Wait(1);
        Interlocked.Decrement(ref _asleep);
    }
}
