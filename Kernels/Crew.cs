namespace Unmask.Kernels;

/// <summary>
/// Threads that wait for work, so that handing it out costs no allocation and little time: they watch for a while before they sleep. The
/// caller works as number 0. There is one crew of each size, which whoever has work borrows: <see cref="CrewLoan"/>.
/// </summary>
internal sealed class Crew
{
    // A millisecond and a half of watching, each look some 40 ns after the last.
    private const int Looks = 40_000;

    // Of the state: how many are at work besides the caller, whether more may join them, and the number of the round.
    private const long AtWork = 0xFFFF;
    private const long Open = 0x10000;
    private const int Round = 17;

    private readonly SemaphoreSlim _wake = new(0);
    private Action<int, long>? _work;
    private long _state;
    private int _asleep;
    private Exception? _failure;

    public Crew(int size)
    {
        for (var number = 1; number < size; number++)
        {
            var own = number;
            new Thread(() => Stand(own)) { IsBackground = true, Name = $"kernel {own}" }.Start();
        }
    }

    /// <summary>
    /// Runs the work on the calling thread and, with their numbers and that of the round, on those of the others that come before it is done there; returns when all have
    /// stopped, also where the caller's own part fails. A thread that comes too late, as it slept or had no processor, is not waited for.
    /// </summary>
    public void Run(Action<int, long> work)
    {
        (_work, _failure) = (work, null);
        Interlocked.Exchange(ref _state, (((_state >> Round) + 1) << Round) | Open);
        var asleep = Volatile.Read(ref _asleep);
        if (asleep > 0) _wake.Release(asleep);
        try
        {
            work(0, _state >> Round);
        }
        finally
        {
            Interlocked.And(ref _state, ~Open);
            WaitForOthers();
        }

        if (Volatile.Read(ref _failure) is { } failure) throw new AggregateException(failure);
    }

    private void WaitForOthers()
    {
        for (var look = 0; (Volatile.Read(ref _state) & AtWork) > 0; look++)
        {
            if (look < Looks) Thread.SpinWait(1);
            else Thread.Yield();
        }
    }

    private void Stand(int number)
    {
        long seen = 0;
        while (true)
        {
            WaitFor(seen);
            var state = Volatile.Read(ref _state);
            if ((state & Open) == 0)
            {
                seen = state >> Round;
                continue;
            }

            if (Interlocked.CompareExchange(ref _state, state + 1, state) != state) continue;
            seen = state >> Round;
            try
            {
                _work!(number, seen);
            }
            catch (Exception failure)
            {
                Volatile.Write(ref _failure, failure);
            }

            Interlocked.Decrement(ref _state);
        }
    }

    private void WaitFor(long seen)
    {
        for (var look = 0; look < Looks; look++)
        {
            if (Volatile.Read(ref _state) >> Round != seen) return;
            Thread.SpinWait(1);
        }

        // Whoever begins a round looks at the sleepers after it, and a sleeper at the round after it said so: one of the two sees the other.
        Interlocked.Increment(ref _asleep);
        while (Volatile.Read(ref _state) >> Round == seen) _wake.Wait();
        Interlocked.Decrement(ref _asleep);
    }
}
