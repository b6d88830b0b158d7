using Unmask.Benchmarks.Asking;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Comparison;

/// <summary>
/// The peak of multiply-adds over blocks as long as those it is held against. Most evaluations are timed in blocks of the same short length, and to those the
/// highest peak of the whole run applies; those that take longer have only what was measured beside them.
/// </summary>
internal sealed class Peaks
{
    private readonly Dictionary<(string Name, string Precision), double> _ofShort;

    private Peaks(Dictionary<(string Name, string Precision), double> ofShort) => _ofShort = ofShort;

    public static Peaks Of(IReadOnlyDictionary<Question, List<(string Name, Answer Answer)>> answers) => new((
        from asked in answers
        from one in asked.Value
        where one.Answer.Gigaflops is not null && IsShort(asked.Key, one.Answer)
        group one.Answer.Gigaflops!.Value by (one.Name, asked.Key.Precision)).ToDictionary(g => g.Key, g => g.Max()));

    /// <summary>Gigaflops per second; no number where none was measured.</summary>
    public double For(string name, Question q, IReadOnlyCollection<Answer> own) =>
        own.Count > 0 && own.All(answer => IsShort(q, answer)) && _ofShort.TryGetValue((name, q.Precision), out var highest) ? highest
        : own.Max(answer => answer.Gigaflops) ?? double.NaN;

    private static bool IsShort(Question q, Answer answer) => answer.Best * q.Count <= KernelTiming.ShortBlock.TotalNanoseconds;
}
