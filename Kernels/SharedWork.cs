namespace Unmask.Kernels;

/// <summary>
/// Numbered pieces of work. Each thread of a crew begins with a range of its own, the same in every round, so that its cache knows what it works on; when
/// that is done it helps the others. No piece may depend on who does it. Alone on the calling thread where there is one thread only or another caller
/// has the crew. Handing out allocates nothing.
/// </summary>
public sealed class SharedWork
{
    // Numbers from one counter to the next, so that no two threads count in one line of the cache.
    private const int Apart = 16;

    // Of a number in a counter: the piece. Above it stands the round.
    private const int PieceBits = 24;

    private readonly Action<int, int> _piece;
    private readonly Action<int, long> _stand;
    private readonly long[] _next;
    private readonly int _left;
    private int _count;

    /// <param name="piece">Does the piece of a number. What it throws reaches the caller of <see cref="Run"/>, in an <see cref="AggregateException"/> where another thread did it.</param>
    /// <param name="threads">How many threads, the caller's among them; all processors unless told.</param>
    public SharedWork(Action<int> piece, int? threads = null)
        : this((number, _) => piece(number), threads)
    {
    }

    /// <param name="piece">Likewise, and is told which thread does it, below <paramref name="threads"/>, so that each may have memory of its own.</param>
    /// <param name="threads">Likewise.</param>
    /// <param name="left">How many of a thread's last pieces the others leave to it once it has begun, as it has at hand what they need.</param>
    public SharedWork(Action<int, int> piece, int? threads = null, int left = 0)
    {
        (_piece, _stand, _left, Threads) = (piece, Stand, left, threads ?? Environment.ProcessorCount);
        _next = new long[(Threads + 1) * Apart];
    }

    /// <summary>The most threads that take part.</summary>
    public int Threads { get; }

    /// <summary>Does the pieces 0 … count − 1, fewer than sixteen million, and returns when all are done.</summary>
    public void Run(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count + Threads, 1 << PieceBits, nameof(count));
        using var loan = CrewLoan.Of(count < 2 ? 1 : Threads);
        if (loan.Crew is not { } crew)
        {
            for (var piece = 0; piece < count; piece++) _piece(piece, 0);
            return;
        }

        // What does not change is not written: the others have it at hand.
        if (_count != count) _count = count;
        crew.Run(_stand);
    }

    /// <summary>The number of the thread that begins with a range which a piece of so many is in, and the range: its first piece and the one after its last.</summary>
    public (int Thread, int Begin, int End) RangeOf(int piece, int count)
    {
        var thread = Threads - 1;
        while (piece < Begin(thread, count)) thread--;
        return (thread, Begin(thread, count), Begin(thread + 1, count));
    }

    // Counters only rise, from round to round of the crew, so that one of an earlier round is known by what it says.
    private void Stand(int thread, long round)
    {
        var start = round << PieceBits;
        for (var turn = 0; turn < Threads; turn++)
        {
            var range = (thread + turn) % Threads;
            ref var next = ref _next[(range + 1) * Apart];
            var (begin, end, seen) = (start + Begin(range, _count), start + Begin(range + 1, _count), Volatile.Read(ref next));
            if (seen - start < 0) Interlocked.CompareExchange(ref next, begin, seen); // whoever comes first opens the range
            var stop = turn > 0 && seen > begin ? end - _left : end;

            // Of two that see the last piece before the stop, one takes a piece beyond it, and does it: nobody else will.
            while (Volatile.Read(ref next) < stop && Interlocked.Increment(ref next) - 1 is var piece && piece < end) _piece((int)(piece - start), thread);
        }
    }

    private int Begin(int range, int count) => (int)((long)count * range / Threads);
}
