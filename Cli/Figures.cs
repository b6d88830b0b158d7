using Spectre.Console;

namespace Unmask.Cli;

/// <summary>The numbers behind a verdict.</summary>
internal static class Figures
{
    public static Table Of(Answer answer, bool verbose)
    {
        var (problem, verdict) = (answer.Problem, answer.Verdict);
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumn(new TableColumn("").PadLeft(2).PadRight(3)).AddColumn("");
        var (entry, of) = problem.Observation == Observation.Attention ? ("probability", " of the logarithms") : ("entry", "");
        Row("residual", $"{Words.Short(verdict.Residual.Max)} in the worst {entry}, {Words.Short(verdict.Residual.RmsLog)} rms{of}");
        Row("noise floor", $"{Words.Short(verdict.Residual.NoiseFloor)}, what {problem.Precision.Name} alone rounds off");
        verdict.Estimate.Tokens.Match(Some: reading => Margins(reading), None: () => Free());
        foreach (var fit in verdict.Identifiability.Resolution.Bind(resolution => resolution.Norm)) Row("norm", Normed(fit));
        if (verbose) Row("counting", $"{verdict.Identifiability.Equations} equations for {verdict.Identifiability.Unknowns} unknowns");
        Row("solver", Solver(answer));
        if (verbose) Row("loss", $"{Words.Short(verdict.Estimate.Solver.Loss)}, {(verdict.Estimate.Solver.Converged ? "converged" : "not converged")}");
        foreach (var near in answer.Comparison) Row("truth", Truth(near, problem, verdict));
        return table;

        void Row(string name, string value) => table.AddRow($"[grey]{name}[/]", Markup.Escape(value));

        void Free() => Row(
            "nullity", $"{verdict.Identifiability.Nullity} of {verdict.Identifiability.Unknowns} unknowns free, gap {Words.Short(verdict.Identifiability.Gap)}");

        void Margins(TokenReading reading)
        {
            var least = reading.Certificates.Reduce((a, b) => b.Margin < a.Margin ? b : a);
            Row("nullity", $"{verdict.Identifiability.Nullity} of {verdict.Identifiability.Unknowns} tokens tied with others");
            Row("margin", double.IsFinite(least.Margin) && least.Margin < double.MaxValue
                ? $"{Words.Short(least.Margin)} nats to the best rival at the least sure position, {least.Position}"
                : "no rival anywhere");
        }
    }

    /// <summary>Text, truth, residual and time of a short reading in one line.</summary>
    public static string Brief(Answer answer) => Markup.Escape(
        $"  {answer.Text.IfNone("")}   truth {answer.Question.Truth.Bind(truth => truth.Text).IfNone("unknown")}   "
        + $"residual {Words.Short(answer.Verdict.Residual.Max)}   {Words.Fixed(answer.Seconds, "0.00")} s");

    private static string Solver(Answer answer)
    {
        var solver = answer.Verdict.Estimate.Solver;
        var restarts = solver.Restarts switch { 0 => "", 1 => ", 1 restart", var k => $", {k} restarts" };
        return $"{solver.Name}, {(solver.Iterations == 1 ? "1 iteration" : $"{solver.Iterations} iterations")}{restarts}, {Words.Fixed(answer.Seconds, "0.00")} s";
    }

    private static string Normed(NormFit fit) => $"X misses what the norm before the layer gives by {Words.Short(fit.Misfit)} standard deviations"
        + fit.Mirrored.Map(misfit => $", its mirror image by {Words.Short(misfit)}").IfNone("");

    private static string Truth(Comparison near, Problem problem, Verdict verdict)
    {
        var tokens = near.TokenAccuracy.Map(share => $"{Words.Percent(share)} of the tokens right").ToSeq();
        var some = near.TokensCompared < problem.Dims.N ? $" over the {near.TokensCompared} tokens that are determined" : "";
        var symmetry = verdict.Identifiability.Symmetry;
        var mirror = symmetry == Symmetry.Reflection ? "reflection" : "sign";
        var open = verdict.Kind == VerdictKind.RecoveredUpToSymmetry && symmetry != Symmetry.Sign && symmetry != Symmetry.Reflection
            ? $", which {symmetry} leaves open"
            : near.MirrorApart ? $", the {mirror} apart" : "";
        var states = near.RelativeError.Map(error => $"X off by {Words.Short(error)} of its norm{some}{open}").ToSeq();
        return tokens.IsEmpty && states.IsEmpty ? "nothing in it to compare with" : string.Join("; ", tokens + states);
    }
}
