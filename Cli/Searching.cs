using System.Diagnostics;
using Spectre.Console;

namespace Unmask.Cli;

/// <summary>From a question to its answer, with a clock, a time limit and a progress bar around the pipeline.</summary>
internal static class Searching
{
    public static Fin<Answer> Run(Question question, SearchSettings settings, Terminal terminal, bool quiet, CancellationToken cancellation) =>
        from start in Start(question.Problem, settings)
        from answer in Watched(terminal, quiet, question.Problem.Name, progress => Timed(question, settings, cancellation, settings.Options with
        {
            Start = start,
            Progress = progress,
        }))
        select answer;

    private static Fin<Answer> Timed(Question question, SearchSettings settings, CancellationToken cancellation, SolverOptions options)
    {
        using var limit = new CancellationTokenSource();
        settings.Timeout.Iter(limit.CancelAfter);
        var clock = Stopwatch.StartNew();
        var answer =
            from invert in Invert.Named(settings.Solver, options with { Cancellation = cancellation, Deadline = limit.Token })
            from recovery in Recover.Answer(problem => invert(problem).Map(estimate => Stop(clock, estimate)))(question.Problem)
            select new Answer(
                question,
                recovery.Verdict,
                question.Truth.Map(truth => Compare.With(truth, question.Problem)(recovery.Verdict)),
                clock.Elapsed.TotalSeconds,
                settings.Timeout.Filter(_ => limit.IsCancellationRequested));
        return cancellation.IsCancellationRequested ? Faults.Interrupted() : answer.Match(Succ: FinSucc, Fail: error => Late(error, settings));
    }

    private static Estimate Stop(Stopwatch clock, Estimate estimate)
    {
        clock.Stop();
        return estimate;
    }

    private static Fin<Answer> Late(Error error, SearchSettings settings) =>
        error.Code != Faults.Interrupted().Code
            ? error
            : Faults.TimedOut(settings.Solver, settings.Timeout.Map(limit => limit.TotalSeconds).IfNone(0));

    private static Fin<Option<Matrix>> Start(Problem problem, SearchSettings settings) => settings.Start.Match(
        None: () => FinSucc(Option<Matrix>.None),
        Some: path => from matrix in Load.Matrix(path)
                      from start in Sized.States(path, "states", matrix, problem.Dims)
                      select Some(start));

    /// <summary>One piece of work after another, with a bar that counts them; the first failure ends it.</summary>
    public static Fin<Seq<B>> Counted<A, B>(Terminal terminal, Seq<A> pieces, Func<A, string> name, Func<A, Fin<B>> work) =>
        Watched(terminal, false, "", progress => pieces.Fold(FinSucc(Seq<B>()), (sofar, piece) =>
            from done in sofar
            from next in Shown(progress, name(piece), done.Count, pieces.Count, () => work(piece))
            select done.Add(next)));

    private static A Shown<A>(Action<SolverProgress> progress, string name, int done, int of, Func<A> work)
    {
        progress(new SolverProgress(name, done, of, 0));
        return work();
    }

    private static A Watched<A>(Terminal terminal, bool quiet, string name, Func<Action<SolverProgress>, A> work) =>
        quiet || !terminal.ShowsProgress
            ? work(_ => { })
            : terminal.Messages().Progress().AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
                .Start(context =>
                {
                    var task = context.AddTask(Markup.Escape(name));
                    return work(step =>
                    {
                        task.Description = Markup.Escape(FormattableString.Invariant($"{step.Solver} {step.Done}/{step.Of}") + (step.Residual > 0 ? FormattableString.Invariant($", residual {step.Residual:0.0e+0}") : ""));
                        (task.MaxValue, task.Value) = (Math.Max(1, step.Of), step.Done);
                    });
                });
}
