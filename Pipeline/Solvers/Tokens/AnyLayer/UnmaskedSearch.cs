using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Solvers;

/// <summary>Without a mask, all tokens together: sweeps from several starts, the first that explains the maps. token-search.md (T16) to (T18).</summary>
internal static class UnmaskedSearch
{
    // Every token at every position times the weights that each passes, once a sweep: minutes on two cores for all of them.
    private const double MostWork = 5e11;

    private const int Starts = 4;

    public static Fin<Estimate> Solve(
        Problem problem, Transformer model, TokenEmbedding tokens, SolverOptions options, ParallelOptions parallel) =>
        from work in Door.Require(
            (double)tokens.Tokens.Rows * problem.Dims.N * DeepSearch.Pass(model, problem.Layer.Index) <= MostWork,
            () => Faults.SolverDoesNotApply(TokenSearch.Name, "every token of this vocabulary at every position is too much to run through the model"))
        let prepared = PrefixModel.Of(model, problem.Layer.Index, parallel.MaxDegreeOfParallelism)
        from estimate in problem.Dims.N == 1 && problem.Observation == Observation.Attention
            ? Nothing(problem, prepared, tokens)
            : Search(problem, prepared, tokens, options, parallel)
        select estimate;

    private static Fin<Estimate> Nothing(Problem problem, PrefixModel model, TokenEmbedding tokens)
    {
        var any = Certify.Known(Certify.Nothing(tokens.Tokens.Rows), problem.KnownTokens);
        var stream = new double[model.Model.D];
        tokens.Write(any.Ids[0], 0, stream);
        return TokenSearch.Answer(Surroundings.Of(model, Matrix.Own(1, stream.Length, stream)).States, any, 0, 0);
    }

    private static Fin<Estimate> Search(Problem problem, PrefixModel prepared, TokenEmbedding tokens, SolverOptions options, ParallelOptions parallel)
    {
        var twins = TokenTwins.Among(tokens.Tokens);
        var model = new UnmaskedModel(problem, prepared, tokens, twins.Representatives, parallel);
        var known = twins.Candidates(problem.KnownTokens, problem.Dims.N);
        var evidence = new UnmaskedEvidence(problem, model);
        // ln of how many readings differ at one position and at any others.
        var room = Math.Max(0, problem.Dims.N - known.Count - 1) * Math.Log(model.Count);
        var sweeps = new UnmaskedSweeps(problem, model, evidence, known, parallel);
        var margins = new UnmaskedMargins(model, evidence, known, parallel);
        var (found, settled) = (Seq<UnmaskedFit>(), default(UnmaskedMargined));
        for (var start = 0; start < Starts && !(settled?.Clear ?? false); start++)
        {
            found = found.Add(sweeps.From(Start(start), now => options.Progress(
                new SolverProgress(TokenSearch.Name, start + 1, Starts, Math.Sqrt(2 * now.Loss / Math.Max(1, now.Freedom))))));
            var best = found.OrderBy(fit => fit.Loss).First();
            if (best.Explains || start == Starts - 1) settled = margins.Of(best).Beside(found, room);
        }

        if (!settled!.Fit.Explains) return Faults.TokensUnexplained(settled.Fit.Misfit);
        var reading = Certify.Known(Certify.Rivals(settled.Fit.Reading.Candidates, settled.Rivals, twins), problem.KnownTokens);
        return TokenSearch.Answer(settled.Fit.Reading.Surroundings.States, reading, settled.Fit.Loss, settled.Fit.Freedom);

        // The mean of all tokens wherever none is known, then tokens drawn at random.
        int[] Start(int number)
        {
            var random = new Random(number);
            return [.. Enumerable.Range(0, problem.Dims.N).Select(i =>
                known.Find(i).IfNone(number == 0 ? UnmaskedModel.Unread : random.Next(model.Count)))];
        }
    }
}
