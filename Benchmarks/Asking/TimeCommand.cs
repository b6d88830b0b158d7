using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>Answers questions from standard input until it ends, as every peer does.</summary>
internal static class TimeCommand
{
    /// <param name="folder">Where the problems are.</param>
    /// <param name="anySize">Kernels of no particular size.</param>
    /// <param name="twoThreads">Batches on two threads, and nothing else.</param>
    public static int Run(string folder, bool anySize, bool twoThreads)
    {
        var table = anySize ? KernelTable.AnySize : KernelTable.BuiltIn;
        var peer = anySize ? "ours-any-size" : "ours";
        var known = new Dictionary<Question, Ours?>();
        while (Console.ReadLine() is { } line)
        {
            var q = Question.Parse(line);
            var answer = twoThreads && q.Count == 1 ? Answer.None(peer, q)
                : One(peer, q, known, twoThreads, key => Ours.For(table, folder, key, twoThreads ? 2 : 1));
            Console.WriteLine(answer.Line);
        }

        return 0;
    }

    private static Answer One(string peer, Question q, Dictionary<Question, Ours?> known, bool twoThreads, Func<Question, Ours?> prepare)
    {
        var key = q with { Milliseconds = 0 };
        if (!known.TryGetValue(key, out var ours)) known[key] = ours = prepare(key);
        if (ours is null) return Answer.None(peer, q);
        if (!(ours.Error <= (q.Precision == "float" ? 2e-3 : 1e-9)))
        {
            Console.Error.WriteLine($"{q.File}, {q.Precision}: off by {ours.Error:g3}");
            return Answer.None(peer, q);
        }

        var time = TimeSpan.FromMilliseconds(q.Milliseconds);
        var timing = KernelTiming.Measure(ours.Evaluate, time);
        var answer = Answer.None(peer, q) with
        {
            Nanoseconds = timing.Median / q.Count,
            Best = timing.Best / q.Count,
            Error = ours.Error,
            Allocated = ours.Allocated,
        };
        if (ours.Shared is { } shared)
        {
            var length = KernelTiming.Measure(shared.ByOne, time).Best;
            var (one, two) = TwoThreads.Adds(length, shared.Left, time);
            return answer with { AddsByOne = one, AddsByTwo = two, Apart = TwoThreads.Apart(shared.First, shared.Second, time) / q.Count };
        }

        return answer with
        {
            Gigaflops = Peak.Beside(q.Precision, time, timing),
            Products = ours.Products is { } products ? KernelTiming.Measure(products, time / 4).Best : ProductsAlone.Nanoseconds(q, time / 4),
            Remainder = ours.Besides.All(part => part is not null) ? ours.Besides.Sum(part => KernelTiming.Measure(part!, time / 4).Best / q.Count) : null,
        };
    }
}
