namespace Unmask.Cli;

/// <summary>The end of every command: ask, write the files, print, and say by the exit code how it went.</summary>
internal static class Asking
{
    public static int Run(
        string command, Fin<Question> asked, SearchSettings search, OutputSettings output, Terminal terminal, CancellationToken cancellation) =>
        (from question in asked
         from answer in Searching.Run(question, search, terminal, output.Quiet, cancellation)
         from written in Files(answer, output)
         select answer).Match(
            Succ: answer => Print(answer, output, terminal),
            Fail: error => Fail(command, error, output, terminal));

    private static Fin<Unit> Files(Answer answer, OutputSettings output)
    {
        lock (Interrupts.Writing)
            return from states in output.Out.Match(Some: path => Save.Estimate(path, answer.Verdict.Estimate), None: () => unit)
                   from json in output.Json.Filter(path => path != "-").Match(
                       Some: path => Save.Text(path, ResultJson.Text(answer)),
                       None: () => unit)
                   select json;
    }

    private static int Print(Answer answer, OutputSettings output, Terminal terminal)
    {
        if (output.JsonOnly) terminal.Out.Write(ResultJson.Text(answer));
        else if (output.Brief) Report.Brief(answer, terminal);
        else Report.Print(answer, output, terminal);
        if (answer.Verdict.Kind == VerdictKind.NotConverged)
            terminal.Error.WriteLine(answer.StoppedAfter.Match(
                Some: limit => FormattableString.Invariant($"The search was stopped after {limit.TotalSeconds} s and did not converge by then")
                    + ": what is given is the best estimate, not an answer. Allow it more time.",
                None: () => "The search did not converge: what is given is the best estimate, not an answer. "
                    + "Try more --restarts, another --seed or --solver, or a --start."));
        return ExitCode.Of(answer.Verdict.Kind);
    }

    private static int Fail(string command, Error error, OutputSettings output, Terminal terminal)
    {
        if (error.Code == Faults.Interrupted().Code) return Complain(error, terminal);
        var reasons = Reasons(error);
        var code = ExitCode.Of(error);
        var json = ResultJson.Text(command, code, reasons);
        if (output.JsonOnly) terminal.Out.Write(json);
        var unwritten = output.Json.Filter(path => path != "-").Map(path => Save.Text(path, json)).Bind(FailureOf).ToSeq();
        return Complain(reasons + unwritten, code, terminal);
    }

    /// <summary>Every reason in a line of its own, and the code that goes with them.</summary>
    public static int Complain(Error error, Terminal terminal) =>
        Complain(Reasons(error), error.Code == Faults.Interrupted().Code ? ExitCode.Interrupted : ExitCode.Of(error), terminal);

    private static Seq<Error> Reasons(Error error) => error is ManyErrors many ? many.Errors : Seq1(error);

    private static Option<Error> FailureOf(Fin<Unit> written) => written.Match(Succ: _ => None, Fail: error => Some(error));

    private static int Complain(Seq<Error> errors, int code, Terminal terminal)
    {
        foreach (var error in errors) terminal.Error.WriteLine(error.Message);
        return code;
    }
}
