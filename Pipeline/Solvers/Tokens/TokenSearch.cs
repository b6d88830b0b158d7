namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Reads the tokens behind a layer-0 map by trying every token of the vocabulary at one position after another: left to right where a causal mask
/// lets it, and in the order in which tokens explain each other where there is no mask. docs/token-search.md.
/// </summary>
public static class TokenSearch
{
    private const string Name = "tokens";

    // χ² per degree of freedom up to which the answer is called a fit: noise twice as large as the format alone would explain.
    private const double FitLimit = 4;

    /// <summary>
    /// Solves a <see cref="Problem"/> with a vocabulary and observed scores or attention, each n×n, one per head.
    /// States are d×n; the loss is ½χ², token-search.md (T7), over all rows.
    /// </summary>
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options) =>
        Solve(problem, options, options.Threads.IfNone(Environment.ProcessorCount));

    internal static Fin<Estimate> Solve(Problem problem, SolverOptions options, int threads) =>
        from vocabulary in Applicable(problem)
        from estimate in Interruptible(() => Search(problem, vocabulary, options, threads))
        select estimate;

    private static Fin<Vocabulary> Applicable(Problem problem) =>
        from vocabulary in problem.Vocabulary.ToFin(Faults.SolverDoesNotApply(Name, "there is no vocabulary in front of the layer"))
        from _1 in Require(problem.Layer.Index == 0, $"the vocabulary feeds layer 0, this is layer {problem.Layer.Index}")
        from _2 in Require(problem.Observation != Observation.Output, "it reads scores or attention maps, not outputs")
        from _3 in vocabulary.Positions.ForAll(p => p.Rows >= problem.Dims.N)
            ? FinSucc(unit)
            : Faults.TooFewPositions(problem.Dims.N, vocabulary.Positions.Map(p => p.Rows).IfNone(0))
        from _4 in problem.Observed.Count == problem.Layer.Heads.Count && vocabulary.Embedding.Columns == problem.Layer.D
            ? FinSucc(unit)
            : Faults.VocabularyMismatch(problem.Observed.Count, problem.Layer.Heads.Count, vocabulary.Embedding.Columns, problem.Layer.D)
        select vocabulary;

    private static Fin<Unit> Require(bool holds, string otherwise) => holds ? unit : Faults.SolverDoesNotApply(Name, otherwise);

    private static Fin<Estimate> Interruptible(Func<Estimate> search)
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

    private static Estimate Search(Problem problem, Vocabulary vocabulary, SolverOptions options, int threads)
    {
        var n = problem.Dims.N;
        options.Cancellation.ThrowIfCancellationRequested();
        // The only row of a one-token attention map is [1], whatever the token.
        if (n == 1 && problem.Observation == Observation.Attention)
            return Answer(vocabulary, Certify.Known(Certify.Nothing(vocabulary.Size), vocabulary.Known), 0, 0, 1);
        var twins = TokenTwins.Among(TokenStates.At(vocabulary, 0), TokenStates.At(vocabulary, n - 1));
        var ids = twins.Representatives;
        var projector = new CandidateProjector(problem.Layer, vocabulary, ids);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = options.Cancellation };
        var known = vocabulary.Known.Filter((position, _) => position < n).Map(id => System.Array.BinarySearch(ids, twins.Leader(id)));
        return problem.Layer.Mask == Mask.Causal
            ? OneSided(new CausalSteps(problem, projector))
            : TwoSided(new TwoSidedSteps(problem, projector, known.Keys));

        Estimate OneSided(CausalSteps steps)
        {
            var read = Reader.Of(problem, steps, known, options, parallel);
            return Answer(vocabulary, Certified(read, steps.Order), read.Alive[0].Loss, read.Freedom.Sum(), n);
        }

        Estimate TwoSided(TwoSidedSteps steps)
        {
            var read = Reader.Of(problem, steps, known, options, parallel);
            var settled = Settle.Of(steps, projector, read.Alive[0], known.Keys.ToHashSet(), parallel);
            var certified = Certify.Known(Certify.Settled(Certified(read, steps.Order), settled, ids, twins), vocabulary.Known);
            return Answer(vocabulary, certified, settled.Loss, read.Freedom.Sum(), n);
        }

        TokenReading Certified(Read read, int[] order) =>
            Certify.Known(Certify.Reading(read.Alive, read.Dropped, read.Freedom, order, ids, twins), vocabulary.Known);
    }

    private static Estimate Answer(Vocabulary vocabulary, TokenReading reading, double loss, int freedom, int n) =>
        new(TokenStates.Of(vocabulary, reading.Ids),
            new SolverReport(Name, n, 0, Beam.Misfit(loss, freedom) <= FitLimit, loss),
            reading);
}
