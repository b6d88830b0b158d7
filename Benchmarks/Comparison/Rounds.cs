using System.Collections.Immutable;
using Unmask.Benchmarks.Asking;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Comparison;

/// <summary>
/// Asks everybody in turn, problem by problem and round by round, so that a drifting clock meets all of them alike. Problems that a neighbour on the machine may have
/// disturbed, and those that miss a goal, are asked again later, as often as at first; all that was answered counts. Then everybody starts anew each round: where a
/// process happens to lay out its memory is worth two per cent, at times twenty.
/// </summary>
internal static class Rounds
{
    // A median this far above the best of all blocks was disturbed.
    private const double Disturbed = 1.10;

    public static ImmutableArray<Row> Run(ImmutableArray<Contender> contenders, IReadOnlyList<Question> questions, int rounds, int turns, Journal journal, Action<string> say)
    {
        var kept = journal.Kept.ToLookup(k => (k.Answer.Model, k.Answer.Evaluation, k.Answer.D, k.Answer.N, k.Answer.Precision));
        var answers = questions.ToDictionary(q => q, q => kept[(q.Model, q.Evaluation, q.D, q.N, q.Precision)].ToList());
        Row RowOf(Question q) => Row(contenders, q, answers[q], Peaks.Of(answers));
        IReadOnlyList<Question> asked = [.. questions.Where(q => answers[q].Count < rounds * contenders.Length || IsDoubtful(RowOf(q)))];
        for (var turn = 1; turn <= turns && asked.Count > 0; turn++)
        {
            var (starts, times) = turn == 1 && journal.Runs == 1 ? (1, rounds) : (rounds, 1);
            for (var start = 0; start < starts; start++)
            {
                using var peers = new Peers(contenders);
                foreach (var (q, i) in asked.Select((q, i) => (q, i)))
                {
                    for (var round = 0; round < times; round++) answers[q].AddRange(Round(peers, q, journal));
                    say($"{(turn > 1 ? $"again, turn {turn}, round {start + 1}: " : "")}{i + 1}/{asked.Count} {q.File} {q.Precision}");
                }
            }

            asked = [.. asked.Where(q => IsDoubtful(RowOf(q)))];
        }

        return [.. questions.Select(RowOf)];
    }

    // The parts of a long evaluation are disturbed for as long as it is itself, and what a second thread is worth by a neighbour of either: these then say nothing.
    private static bool IsDoubtful(Row row) =>
        Goals.All.Any(goal => goal.IsMissedBy(row, trustParts: row.OnTwo is null && row.Ours < KernelTiming.ShortBlock.TotalNanoseconds)) || IsDisturbed(row, Contenders.Ours) || (row.BestNative is { } best && IsDisturbed(row, best));

    private static bool IsDisturbed(Row row, string contender) => row.Times.ContainsKey(contender) && row.Medians[contender] > Disturbed * row.Times[contender];

    private static IEnumerable<(string Name, Answer Answer)> Round(Peers peers, Question q, Journal journal)
    {
        foreach (var (contender, peer) in peers.All)
        {
            if (peer.Ask(q) is not { } answer) continue;
            journal.Add(contender.Name, answer);
            yield return (contender.Name, answer);
        }
    }

    private static Row Row(ImmutableArray<Contender> contenders, Question q, List<(string Name, Answer Answer)> answers, Peaks peaks)
    {
        Yardstick Yard(string name)
        {
            var own = answers.Where(a => a.Name == name).Select(a => a.Answer).ToArray();
            return new(peaks.For(name, q, own), own.Min(a => a.Products), own.Min(a => a.Remainder));
        }

        ImmutableDictionary<string, double> Together(Func<Answer, double?> of, Func<IEnumerable<double>, double> one) => answers
            .Where(a => of(a.Answer) is not null)
            .GroupBy(a => a.Name, a => of(a.Answer)!.Value)
            .ToImmutableDictionary(g => g.Key, g => one(g));
        var times = Together(answer => answer.Best, Enumerable.Min);
        var native = contenders.Where(c => c.Native && times.ContainsKey(c.Name)).MinBy(c => times[c.Name])?.Name;
        var allocated = answers.Where(a => a.Name == Contenders.Ours).Max(a => a.Answer.Allocated);
        var second = answers.Where(a => a.Name == Contenders.OursOnTwo).Select(a => a.Answer).ToArray();
        double?[] gains = [second.Min(a => a.AddsByOne) / second.Min(a => a.AddsByTwo), times.GetValueOrDefault(Contenders.Ours) / second.Min(a => a.Apart)];
        return new Row(q, times, Together(answer => answer.Nanoseconds, Median), Yard(Contenders.Ours), Yard(Contenders.OursNarrow), gains.Min(), native, allocated);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;
}
