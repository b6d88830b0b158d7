using System.Globalization;
using Unmask.Benchmarks.Asking;

namespace Unmask.Benchmarks.Comparison;

/// <summary>compare PEERS [--quick|--full] [--narrow] [--ours-only] [--only TEXT] [--cores LIST] [--answers FILE] [--json FILE]; the script of that name explains them.</summary>
internal static class CompareCommand
{
    public static int Run(string[] options)
    {
        string? After(string name) => Array.IndexOf(options, name) is >= 0 and var i && i + 1 < options.Length ? options[i + 1] : null;
        bool Has(string name) => options.Contains(name);

        var places = new Places(Path.GetFullPath(options[0]));
        var (milliseconds, rounds, turns) = Has("--quick") ? (40, 3, 1) : Has("--full") ? (300, 5, 4) : (100, 3, 4);
        var chosen = Has("--quick") ? Cases.Quick(milliseconds) : Cases.All(milliseconds);
        var only = After("--only") ?? "";
        Question[] questions = [.. chosen.Where(q => $"{q.File}-{q.Precision}".Contains(only, StringComparison.Ordinal))];
        Problems.Write(places, questions);

        var contenders = Has("--ours-only") ? Contenders.OursOnly(places, After("--cores")) : Contenders.Find(places, Has("--narrow") || Has("--full"), After("--cores"), Say);
        using var journal = Journal.Open(After("--answers"), contenders);
        var rows = Rounds.Run(contenders, questions, rounds, turns, journal, Say);
        Console.WriteLine($"{Record.Processor}, one core; nanoseconds per evaluation, the least of all blocks of {rounds} interleaved rounds{(turns > 1 ? $", of up to {turns * rounds * journal.Runs} where disturbed or short of a goal" : "")}{(journal.Runs > 1 ? $", in {journal.Runs} runs of the same programs" : "")}");
        Console.WriteLine($"Multiply-add peak: {Peak(rows, "float")} GFLOP/s float, {Peak(rows, "double")} double");
        if (Record.Load > 1.5) Console.WriteLine($"The machine was busy with something else (load {Record.Load:n1}): these times are not to be quoted.");
        Console.WriteLine();
        Console.WriteLine(Markdown.Times(contenders, rows));
        Console.WriteLine();
        Console.WriteLine(Markdown.Verdicts(Goals.All, rows));
        if (After("--json") is { } path) Record.Write(path, contenders, rows, rounds);
        return 0;
    }

    private static string Peak(IEnumerable<Row> rows, string precision)
    {
        var peaks = rows.Where(r => r.Question.Precision == precision).Select(r => r.Peak).ToArray();
        return peaks.Length == 0 ? "no" : peaks.Max().ToString("n0", CultureInfo.InvariantCulture);
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
