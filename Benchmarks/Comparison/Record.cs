using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Unmask.Benchmarks.Comparison;

/// <summary>The run as JSON: where, with which settings, every time and every verdict.</summary>
internal static class Record
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public static void Write(string path, ImmutableArray<Contender> contenders, ImmutableArray<Row> rows, int rounds) =>
        File.WriteAllText(path, JsonSerializer.Serialize(
            new
            {
                Processor,
                Runtime = RuntimeInformation.FrameworkDescription,
                Rounds = rounds,
                Load,
                Contenders = contenders.Select(c => new { c.Name, c.Settings }),
                Problems = rows.Select(row => new
                {
                    row.Question.Model,
                    row.Question.Evaluation,
                    row.Question.D,
                    row.Question.N,
                    row.Question.Precision,
                    row.Times,
                    row.Medians,
                    Peak = Finite(row.Peak),
                    PeakNarrow = Finite(row.Narrow.Peak),
                    row.Wide.Products,
                    row.Wide.Remainder,
                    row.SecondThread,
                    row.Gigaflops,
                    row.Fraction,
                    row.FractionByParts,
                    FractionNarrow = Finite(row.FractionNarrow),
                    row.BestNative,
                    row.Allocated,
                }),
                Goals = Goals.All.Select(goal => (Goal: goal, Worst: goal.Worst(rows)?.Value)).Select(one => new
                {
                    one.Goal.Class,
                    one.Goal.Figure,
                    one.Goal.Target,
                    Measured = one.Worst,
                    Met = one.Worst is { } value ? value >= one.Goal.Target : (bool?)null,
                }),
            },
            Format));

    public static string Processor { get; } =
        (File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo") : [])
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1] ?? "unknown processor";

    /// <summary>Processes that wanted to run in the last minute, on average; this run alone is one.</summary>
    public static double Load =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : 0;

    private static double? Finite(double? value) => value is { } v && double.IsFinite(v) ? v : null;
}
