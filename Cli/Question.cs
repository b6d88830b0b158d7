namespace Unmask.Cli;

/// <summary>A problem from the command line, with what a report needs beside it. The truth is for the report alone.</summary>
internal sealed record Question(string Command, string Model, Problem Problem, Option<ITokenizer> Tokenizer, Option<Truth> Truth);

/// <summary>A question, what may be said of its answer, how near it came, how long it took, and the time limit if that ended it.</summary>
internal sealed record Answer(
    Question Question, Verdict Verdict, Option<Comparison> Comparison, double Seconds, Option<TimeSpan> StoppedAfter)
{
    public Problem Problem => Question.Problem;

    public Option<string> Text =>
        from tokenizer in Question.Tokenizer
        from reading in Verdict.Estimate.Tokens
        select tokenizer.Decode(reading.Ids);
}
