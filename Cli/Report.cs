using Spectre.Console;

namespace Unmask.Cli;

/// <summary>An answer for people: the verdict first, then the figures, then what was recovered.</summary>
internal static class Report
{
    public static void Print(Answer answer, OutputSettings output, Terminal terminal)
    {
        using var page = new Page(terminal);
        page.Write(Headline(answer.Verdict));
        if (output.Quiet) return;
        page.Write(Subject(answer.Problem));
        page.Blank();
        page.Write(Figures.Of(answer, output.Verbose));
        page.Blank();
        if (answer.Verdict.Estimate.Tokens.Case is TokenReading reading)
        {
            page.Write(Reading.Of(answer, reading, terminal.Colours));
            if (output.Verbose) page.Write(Certificates.Of(answer, reading));
        }

        foreach (var path in output.Out) page.Write(Markup.Escape(Written(answer, path)));
        if (output.Out.IsNone && answer.Verdict.Estimate.Tokens.IsNone && answer.Question.Command != "demo")
            page.Write(Markup.Escape(Writable(answer)));
    }

    /// <summary>One answer in two lines.</summary>
    public static void Brief(Answer answer, Terminal terminal)
    {
        using var page = new Page(terminal);
        page.Write(Headline(answer.Verdict));
        page.Write(Figures.Brief(answer));
    }

    public static string Headline(Verdict verdict)
    {
        var (colour, words) = verdict.Kind switch
        {
            VerdictKind.Recovered => ("green", "RECOVERED"),
            VerdictKind.RecoveredUpToSymmetry => ("green", $"RECOVERED UP TO {verdict.Identifiability.Symmetry}"),
            VerdictKind.Partial => ("yellow", "PARTIAL"),
            VerdictKind.Underdetermined => ("yellow", $"UNDERDETERMINED, {verdict.Identifiability.Symmetry}"),
            _ => ("red", "NOT CONVERGED, best estimate only"),
        };
        return $"[bold {colour}]{Markup.Escape(words)}[/]  {Markup.Escape(Reason(verdict))}";
    }

    // What is determined at an X that explains nothing is no news.
    private static string Reason(Verdict verdict) => verdict.Kind == VerdictKind.NotConverged
        ? $"The best X found leaves {Words.Short(verdict.Residual.Max)} unexplained, more than rounding does."
        : verdict.Identifiability.Reason;

    private static string Subject(Problem problem) => Markup.Escape(
        $"{problem.Name}: {problem.Dims.N} tokens, d = {problem.Dims.D}, {Heads(problem)}, {Words.Observed(problem)} in {problem.Precision.Name}{Lacking(problem)}");

    private static string Written(Answer answer, string path) => Beside(answer).Match(
        Some: beside => Save.HoldsMore(path)
            ? $"{States(answer)}, and {beside} are in {path}."
            : $"{States(answer)}, is in {path}; a .npz or .safetensors would hold {beside} too.",
        None: () => $"{States(answer)}, is in {path}.");

    private static string Writable(Answer answer) => Beside(answer).Match(
        Some: beside => $"{States(answer)}, and {beside}: --out FILE writes both to a .npz or .safetensors.",
        None: () => $"{States(answer)}: --out FILE writes it.");

    private static string States(Answer answer) => $"X, {answer.Problem.Dims.D}×{answer.Problem.Dims.N}";

    // What was found besides: of a layer with a front end, or of a residual stream.
    private static Option<string> Beside(Answer answer) =>
        answer.Verdict.Estimate.Features.Map(features => $"the {features.Rows}×{features.Columns} features before it")
        | answer.Verdict.Estimate.Stream.Map(_ => "the stream before the norm");

    // What was taken for granted of a map that does not hold everything.
    private static string Lacking(Problem problem) => (problem.RowSums, problem.Zeros) switch
    {
        (RowSums.Sink, _) => ", less what a sink took",
        (RowSums.Dropout, _) => ", less what was dropped",
        (_, Zeros.Missing) => ", some rows missing",
        _ => "",
    };

    private static string Heads(Problem problem) => problem.Layer.Heads.Count == 1 ? "1 head" : $"{problem.Layer.Heads.Count} heads";
}
