namespace Unmask.Pipeline.Solvers;

/// <summary>The tokens behind a map of layer 0, where a vocabulary gives every state that a token can have. token-search.md (T1).</summary>
internal static class FirstLayerSearch
{
    public static Fin<Estimate> Solve(Problem problem, Vocabulary vocabulary, SolverOptions options, ParallelOptions parallel) =>
        from _1 in TokenSearch.Require(problem.Layer.Index == 0, $"the vocabulary feeds layer 0, this is layer {problem.Layer.Index}")
        from _2 in vocabulary.Positions.ForAll(p => p.Rows >= problem.Dims.N)
            ? FinSucc(unit)
            : Faults.TooFewPositions(problem.Dims.N, vocabulary.Positions.Map(p => p.Rows).IfNone(0))
        from _3 in TokenSearch.Require(!problem.Averaged || problem.Layer.Mask == Mask.Causal, Averages.Rule)
        from _4 in problem.Observed.Count == (problem.Averaged ? 1 : problem.Layer.Heads.Count) && vocabulary.Embedding.Columns == problem.Layer.D
            ? FinSucc(unit)
            : Faults.VocabularyMismatch(problem.Observed.Count, problem.Layer.Heads.Count, vocabulary.Embedding.Columns, problem.Layer.D)
        select Search(problem, vocabulary, options, parallel);

    private static Estimate Search(Problem problem, Vocabulary vocabulary, SolverOptions options, ParallelOptions parallel)
    {
        parallel.CancellationToken.ThrowIfCancellationRequested();
        var n = problem.Dims.N;
        // The only row of a one-token attention map is [1], whatever the token.
        if (n == 1 && problem.Observation == Observation.Attention)
            return Answer(Certify.Known(Certify.Nothing(vocabulary.Size), problem.KnownTokens), 0, 0);
        var twins = TokenTwins.Among(TokenStates.At(vocabulary, 0), TokenStates.At(vocabulary, n - 1));
        var ids = twins.Representatives;
        var projector = new CandidateProjector(problem.Layer, vocabulary, ids, parallel);
        var known = twins.Candidates(problem.KnownTokens, n);
        return problem.Layer.Mask == Mask.Causal
            ? OneSided(problem.Averaged ? new MeanSteps(problem, projector) : new CausalSteps(problem, projector))
            : TwoSided(new TwoSidedSteps(problem, projector, known.Keys));

        Estimate OneSided(IStepSource steps)
        {
            var read = Reader.Of(problem, steps, known, options, parallel);
            return Answer(Certify.Known(Certified(read, steps.Order), problem.KnownTokens), read.Alive[0].Loss, read.Freedom.Sum());
        }

        Estimate TwoSided(TwoSidedSteps steps)
        {
            var read = Reader.Of(problem, steps, known, options, parallel);
            var settled = Settle.Of(steps, projector, read.Alive[0], known.Keys.ToHashSet(), parallel);
            var certified = Certify.Settled(Certified(read, steps.Order), settled, ids, twins);
            return Answer(Certify.Known(certified, problem.KnownTokens), settled.Loss, read.Freedom.Sum());
        }

        TokenReading Certified(Read read, int[] order) => Certify.Reading(read.Alive, read.Dropped, read.Freedom, order, ids, twins);

        Estimate Answer(TokenReading reading, double loss, int freedom) =>
            TokenSearch.Answer(TokenStates.Of(vocabulary, reading.Ids), reading, loss, freedom);
    }
}
