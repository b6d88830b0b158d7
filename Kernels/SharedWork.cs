namespace Unmask.Kernels;

/// <summary>
/// Numbered pieces of work. Each thread of a crew begins with a range of its own, the same in every round, so that its cache knows what it works on; when
/// that is done it helps the others. No piece may depend on who does it. Alone on the calling thread where there is one thread only or another caller
/// has the crew. Handing out allocates nothing.
/// </summary>
public sealed class SharedWork
{
    private readonly Action<int, int, int> _pieces;

    // How far each range is, in lines of their own.
    private readonly long[] _next;
    private readonly int _least;
    private readonly bool _inHalves;
    private Crew? _crew;
    private Exception? _failure;

    /// <param name="piece">Does the piece of a number. What it throws reaches the caller of <see cref="Run"/>, in an <see cref="AggregateException"/> where several threads worked.</param>
    /// <param name="threads">How many threads, the caller's among them; all processors unless told.</param>
    public SharedWork(Action<int> piece, int? threads = null)
        : this((number, _) => piece(number), threads)
    {
    }

    /// <param name="piece">Likewise, and is told which thread does it, below <paramref name="threads"/>, so that each may have memory of its own.</param>
    /// <param name="threads">Likewise.</param>
    public SharedWork(Action<int, int> piece, int? threads = null)
        : this((first, end, thread) => OneByOne(piece, first, end, thread), threads, least: 0)
    {
    }

    private SharedWork(Action<int, int, int> pieces, int? threads, int least)
    {
        (_pieces, _least, _inHalves, Threads) = (pieces, least, least > 0, threads ?? Environment.ProcessorCount);
        _next = new long[(Threads + 1) * Crew.Apart];
    }

    /// <summary>The most threads that take part.</summary>
    public int Threads { get; }

    /// <summary>
    /// Short pieces, some at once: a thread takes half of what is left of a range again and again, and the others leave it the last few once it has begun, as it has at hand what they need.
    /// </summary>
    /// <param name="pieces">Does the pieces from the first number to the one before the second; the third is the thread's.</param>
    /// <param name="threads">How many threads, the caller's among them.</param>
    /// <param name="least">How many are taken at least, and left.</param>
    public static SharedWork InHalves(Action<int, int, int> pieces, int threads, int least) => new(pieces, threads, Math.Max(1, least));

    /// <summary>Does the pieces 0 … count − 1, fewer than sixteen million, and returns when all are done.</summary>
    public void Run(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Round.MostPieces);
        if (count < 2 || Threads < 2 || !(_crew ??= Crew.Of(Threads)).TryTake())
        {
            if (count > 0) _pieces(0, count, 0);
            return;
        }

        try
        {
            _crew.Run(this, count);
            if (_failure is not null) throw new AggregateException(_failure);
        }
        finally
        {
            if (_failure is not null) _failure = null;
            _crew.Return();
        }
    }

    /// <summary>The number of the thread that begins with a range which a piece of so many is in, and the range: its first piece and the one after its last.</summary>
    public (int Thread, int Begin, int End) RangeOf(int piece, int count)
    {
        var thread = Threads - 1;
        while (piece < Begin(thread, count)) thread--;
        return (thread, Begin(thread, count), Begin(thread + 1, count));
    }

    /// <summary>The pieces that a thread begins with, until there are none left; how many it did.</summary>
    internal int Own(int thread, Round round) => Take(thread, thread, round);

    /// <summary>The pieces of others, likewise.</summary>
    internal int Help(int thread, Round round)
    {
        var done = 0;
        for (var turn = 1; turn < Threads; turn++) done += Take((thread + turn) % Threads, thread, round);
        return done;
    }

    // A counter only rises, and moves to a round with the first claim of it. Whoever makes that goes on to the end of the range; others leave it the last few.
    private int Take(int range, int thread, Round round)
    {
        ref var next = ref _next[(range + 1) * Crew.Apart];
        var (begin, end) = (round.Start + Begin(range, round.Count), round.Start + Begin(range + 1, round.Count));
        var stop = thread != range && Volatile.Read(ref next) > begin ? end - _least : end;
        for (var done = 0; ;)
        {
            var seen = Volatile.Read(ref next);
            var first = Math.Max(seen, begin);
            if (first >= stop) return done;
            var some = _inHalves ? Math.Min(stop - first, Math.Max(_least, (stop - first) / 2)) : 1;
            if (Interlocked.CompareExchange(ref next, first + some, seen) != seen) continue;
            Do((int)(first - round.Start), (int)(first + some - round.Start), thread);
            done += (int)some;
        }
    }

    // Pieces that fail count as done, or the caller would wait for them.
    private void Do(int first, int end, int thread)
    {
        try
        {
            _pieces(first, end, thread);
        }
        catch (Exception failure)
        {
            Volatile.Write(ref _failure, failure);
        }
    }

    private static void OneByOne(Action<int, int> piece, int first, int end, int thread)
    {
        for (; first < end; first++) piece(first, thread);
    }

    private int Begin(int range, int count) => (int)((long)count * range / Threads);
}
