// The code of README.md, kept compiling; ReadmeTests compares the two.
using LanguageExt;
using Unmask.Pipeline;

public static class Snippet
{
    public static Fin<string> Read(string model, string capture) =>
        from checkpoint in Load.Checkpoint(model)
        from maps in Load.Capture(capture)
        from problem in Normalise.Problem(checkpoint, maps)
        from estimate in Invert.Auto(SolverOptions.Default)(problem)
        from verdict in Verify.Against(problem)(estimate)
        from tokens in estimate.Tokens.ToFin("no tokens were read")
        from tokenizer in checkpoint.Tokenizer.ToFin("the model has no tokenizer")
        select $"{verdict.Kind}: {tokenizer.Decode(tokens.Ids)}";
}
