using System.Numerics;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Reads the tokens behind a causal layer-0 map, left to right, by trying every token of the vocabulary against one row at a time.
/// docs/token-search.md.
/// </summary>
public static class TokenSearch
{
    private const string Name = "tokens";

    // χ² per degree of freedom up to which the answer is called a fit: noise twice as large as the format alone would explain.
    private const double FitLimit = 4;

    /// <summary>
    /// Solves a <see cref="Problem"/> with a vocabulary, a causal mask and observed scores or attention, each n×n, one per head.
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
        from _2 in Require(problem.Layer.Mask == Mask.Causal, "without a causal mask no row depends on earlier tokens alone")
        from _3 in Require(problem.Observation != Observation.Output, "it reads scores or attention maps, not outputs")
        from _4 in vocabulary.Positions.ForAll(p => p.Rows >= problem.Dims.N)
            ? FinSucc(unit)
            : Faults.TooFewPositions(problem.Dims.N, vocabulary.Positions.Map(p => p.Rows).IfNone(0))
        from _5 in problem.Observed.Count == problem.Layer.Heads.Count && vocabulary.Embedding.Columns == problem.Layer.D
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
        if (n == 1 && problem.Observation == Observation.Attention) return Answer(vocabulary, Certify.Nothing(vocabulary.Size), 0, 0, 1);
        var twins = TokenTwins.Among(TokenStates.At(vocabulary, 0), TokenStates.At(vocabulary, n - 1));
        var ids = twins.Representatives;
        var projector = new CandidateProjector(problem.Layer, vocabulary, ids);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = options.Cancellation };
        var keyNorms = new double[problem.Layer.Heads.Count];
        var freedom = new int[n];
        var dropped = new List<Dropped>();
        var (beam, previous) = ((IReadOnlyList<Hypothesis?>)[null], default(Candidates));
        for (var i = 0; i < n; i++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var candidates = projector.At(i);
            for (var h = 0; h < keyNorms.Length; h++) keyNorms[h] = Math.Max(keyNorms[h], candidates.KeyNorms[h]);
            if (i > 0 || problem.Observation == Observation.Scores)
            {
                var row = Observe(problem, candidates, keyNorms);
                freedom[i] = row.Sum(h => h.Freedom);
                var frontier = i == 1 && previous is not null
                    ? PairSearch.Search(row, previous, candidates, projector.Offsets, parallel)
                    : Extend.By(beam, row, candidates, projector.Offsets, freedom.Sum(), parallel);
                beam = frontier.Alive;
                dropped.Add(frontier.Dropped);
                options.Progress(new SolverProgress(Name, i + 1, n, Math.Sqrt(2 * frontier.Alive[0].Loss / Math.Max(1, freedom.Sum()))));
            }

            previous = i == 0 && problem.Observation == Observation.Attention ? candidates : null;
        }

        Hypothesis[] alive = [.. beam.Select(b => b!)];
        return Answer(vocabulary, Certify.Reading(alive, toSeq(dropped), freedom, ids, twins), alive[0].Loss, freedom.Sum(), n);
    }

    private static ObservedRow[] Observe(Problem problem, Candidates candidates, double[] keyNorms)
    {
        var (i, lanes) = (candidates.Position, Vector<double>.Count);
        var stride = (i + lanes) / lanes * lanes;
        return [.. problem.Layer.Heads.Zip(problem.Observed).Map((h, pair) =>
        {
            var (head, map) = pair;
            var noise = ArithmeticNoise.OfScore(problem.Layer, head.Dimension, i, candidates.QueryNorms[h] * keyNorms[h]);
            var stored = map.Row(i)[..(i + 1)];
            return problem.Observation == Observation.Scores
                ? ObservedRow.OfScores(stored, stride, problem.Precision, noise)
                : ObservedRow.OfAttention(stored, stride, problem.Precision, noise);
        })];
    }

    private static Estimate Answer(Vocabulary vocabulary, TokenReading reading, double loss, int freedom, int n) =>
        new(TokenStates.Of(vocabulary, reading.Ids),
            new SolverReport(Name, n, 0, Beam.Misfit(loss, freedom) <= FitLimit, loss),
            reading);
}
