namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Reads the tokens behind a map by trying every token of the vocabulary at one position after another: left to right where a causal mask
/// lets it, and in the order in which tokens explain each other where there is no mask. Maps of later layers, and residual streams, take the model's
/// forward pass.
/// docs/token-search.md.
/// </summary>
public static class TokenSearch
{
    internal const string Name = "tokens";

    // χ² per degree of freedom up to which the answer is called a fit: noise twice as large as the format alone would explain.
    private const double FitLimit = 4;

    /// <summary>
    /// Solves a <see cref="Problem"/> with a vocabulary (or a model, behind a causal mask) and observed scores or attention, each n×n, one per
    /// head. States are d×n; the loss is ½χ², token-search.md (T7), over all rows.
    /// </summary>
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options) =>
        Solve(problem, options, options.Threads.IfNone(Environment.ProcessorCount));

    internal static Fin<Estimate> Solve(Problem problem, SolverOptions options, int threads)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = options.Cancellation };
        return
            from _1 in Require(problem.Observation != Observation.Output, "it reads scores, attention maps or residual streams, not outputs")
            from estimate in Interruptible(() => problem.Vocabulary.Filter(_ => problem.Observation.IsOfMaps()).Match(
                Some: vocabulary => FirstLayerSearch.Solve(problem, vocabulary, options, parallel),
                None: () => DeepSearch.Solve(problem, options, parallel)))
            select estimate;
    }

    internal static Fin<Unit> Require(bool holds, string otherwise) => holds ? unit : Faults.SolverDoesNotApply(Name, otherwise);

    internal static Estimate Answer(Matrix states, TokenReading reading, double loss, int freedom) =>
        new(states, new SolverReport(Name, states.Columns, 0, Beam.Misfit(loss, freedom) <= FitLimit, loss), reading);

    private static Fin<Estimate> Interruptible(Func<Fin<Estimate>> search)
    {
        try
        {
            return search();
        }
        catch (OperationCanceledException)
        {
            return Faults.Interrupted();
        }
    }
}
