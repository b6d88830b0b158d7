using Unmask.Benchmarks.Asking;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Comparison;

/// <summary>
/// The peak of multiply-adds over blocks of a length. What longer blocks reach, shorter ones can reach as well, so the highest of all that were measured over blocks as
/// long or longer counts, beside whatever problem of the run.
/// </summary>
internal sealed class Peaks
{
    private readonly ILookup<(string Name, string Precision), (double Block, double Gigaflops)> _measured;

    private Peaks(ILookup<(string Name, string Precision), (double Block, double Gigaflops)> measured) => _measured = measured;

    public static Peaks Of(IReadOnlyDictionary<Question, List<(string Name, Answer Answer)>> answers) => new((
        from asked in answers
        from one in asked.Value
        where one.Answer.Gigaflops is not null
        select (Key: (one.Name, asked.Key.Precision), Value: (Block: Block(asked.Key, one.Answer), one.Answer.Gigaflops!.Value))).ToLookup(one => one.Key, one => one.Value));

    /// <summary>Gigaflops per second over blocks as long as the shortest of these answers; no number where none was measured.</summary>
    public double For(string name, Question q, IReadOnlyCollection<Answer> own) => own.Count == 0
        ? double.NaN
        : _measured[(name, q.Precision)].Where(one => one.Block >= own.Min(answer => Block(q, answer))).Select(one => one.Gigaflops).DefaultIfEmpty(double.NaN).Max();

    // An answer without a time has no peak either.
    private static double Block(Question q, Answer answer) =>
        answer.Best is { } best ? Math.Max(best * q.Count, KernelTiming.ShortBlock.TotalNanoseconds) : double.PositiveInfinity;
}
