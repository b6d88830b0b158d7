namespace Unmask.Kernels;

/// <summary>
/// Threads that wait for work, so that handing it out costs no allocation and little time: they watch for a while before they sleep. The
/// caller works as number 0. There is one crew of each size, which one caller has at a time.
/// </summary>
/// <remarks>
/// A round costs the caller one word that the others watch, and each of them one that the caller watches, each in a line of the cache of its own, as a line that two write moves from one to the other
/// and back. Nobody says that it comes: a thread may be asleep or late, and is not waited for; pieces are claimed, and what is waited for is that all are done.
/// </remarks>
internal sealed class Crew
{
    /// <summary>Numbers of 64 bits from one that a thread writes to the next that another does: two lines of the cache, as processors fetch in pairs.</summary>
    public const int Apart = 2 * CacheLine.Bytes / sizeof(long);

    // A millisecond and a half of watching, each look some 40 ns after the last.
    private const int Looks = 40_000;

    // Looks before one who is done takes from others, who mostly are about to be: a look at how far they are would hold them up.
    private const int LooksBeforeHelp = 5;

    private static readonly Dictionary<int, Crew> Crews = [];

    private readonly SemaphoreSlim _wake = new(0);

    // Of each thread, the last round that it did pieces of and how many; of the caller in place of that, the round and how many there are. After them, whether somebody has the crew.
    private readonly long[] _words;
    private readonly int _size;
    private SharedWork? _work;
    private int _asleep;

    private Crew(int size)
    {
        (_size, _words) = (size, new long[(size + 2) * Apart]);
        for (var number = 1; number < size; number++)
        {
            var own = number;
            new Thread(() => Stand(own)) { IsBackground = true, Name = $"kernel {own}" }.Start();
        }
    }

    /// <summary>The one of this size.</summary>
    public static Crew Of(int size)
    {
        lock (Crews) return Crews.TryGetValue(size, out var crew) ? crew : Crews[size] = new Crew(size);
    }

    /// <summary>Whether the caller has it now; if so, <see cref="Return"/> gives it back.</summary>
    public bool TryTake() => Interlocked.Exchange(ref Word(_size), 1) == 0;

    public void Return() => Volatile.Write(ref Word(_size), 0);

    /// <summary>Does so many pieces of the work, on the calling thread and those of the others that come while there are any left, and returns when all are done.</summary>
    public void Run(SharedWork work, int count)
    {
        var round = Round.After(Word(0), count);
        if (_work != work)
        {
            // A late one may hold the last round for this one's until here, with the other work; so there is one of no pieces between them.
            Volatile.Write(ref Word(0), round.Start);
            Volatile.Write(ref _work, work);
            round = Round.After(round.Start, count);
        }

        Volatile.Write(ref Word(0), round.Word);

        // One that goes to sleep at this moment may be overlooked: then the others do without it, until the next round.
        var asleep = Volatile.Read(ref _asleep);
        if (asleep > 0) _wake.Release(asleep);
        var own = work.Own(0, round);
        for (var look = 0; !AllDone(round, count - own); look++)
        {
            if (look == LooksBeforeHelp) own += work.Help(0, round);
            else if (look < Looks) Thread.SpinWait(1);
            else Thread.Yield();
        }
    }

    private ref long Word(int thread) => ref _words[(thread + 1) * Apart];

    private bool AllDone(Round round, long count)
    {
        for (var thread = 1; thread < _size; thread++) count -= round.PiecesOf(Volatile.Read(ref Word(thread)));
        return count == 0;
    }

    private void Stand(int number)
    {
        for (Round round = default; ;)
        {
            WaitFor(round.Word);
            var word = Volatile.Read(ref Word(0));
            var work = Volatile.Read(ref _work);
            if (Volatile.Read(ref Word(0)) != word) continue; // the work may be another's already
            round = new Round(word);
            if (round.Count == 0) continue;
            var done = Report(number, round, work!.Own(number, round));
            var look = 0;
            for (; look < LooksBeforeHelp && Volatile.Read(ref Word(0)) == word; look++) Thread.SpinWait(1);
            if (look == LooksBeforeHelp) Report(number, round, done + work.Help(number, round));
        }
    }

    private int Report(int number, Round round, int done)
    {
        if (done > 0) Volatile.Write(ref Word(number), round.Start + done);
        return done;
    }

    private void WaitFor(long seen)
    {
        for (var look = 0; look < Looks; look++)
        {
            if (Volatile.Read(ref Word(0)) != seen) return;
            Thread.SpinWait(1);
        }

        Interlocked.Increment(ref _asleep);
        while (Volatile.Read(ref Word(0)) == seen) _wake.Wait();
        Interlocked.Decrement(ref _asleep);
    }
}
