using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Solvers;

/// <summary>Behind a causal mask, left to right. token-search.md (T13).</summary>
internal static class CausalSearch
{
    // V² candidate pairs times the weights that each passes: minutes on two cores.
    private const double MostWork = 5e12;

    public static Fin<Estimate> Solve(
        Problem problem, Transformer model, TokenEmbedding tokens, SolverOptions options, ParallelOptions parallel) =>
        from work in Door.Require(
            problem.KnownTokens.ContainsKey(0) || Math.Pow(tokens.Tokens.Rows, 2) * DeepSearch.Pass(model, problem.Layer.Index) <= MostWork,
            () => Faults.SolverDoesNotApply(TokenSearch.Name, "the first token is not known, and all pairs of this vocabulary are too many to run through the model"))
        from prefix in Prefix.Of(model, problem.Layer.Index, parallel.MaxDegreeOfParallelism)
        select Search(problem, prefix, tokens, options, parallel);

    private static Estimate Search(
        Problem problem, Prefix prefix, TokenEmbedding tokens, SolverOptions options, ParallelOptions parallel)
    {
        if (problem.Dims.N == 1 && problem.Observation == Observation.Attention)
        {
            var any = Certify.Known(Certify.Nothing(tokens.Tokens.Rows), problem.KnownTokens);
            return TokenSearch.Answer(prefix.Extend([any.Ids[0]]).Take(0).States, any, 0, 0);
        }

        var twins = TokenTwins.Among(tokens.Tokens);
        var ids = twins.Representatives;
        var read = Reader.Of(problem, new DeepSteps(problem, prefix, ids), twins.Candidates(problem.KnownTokens, problem.Dims.N), options, parallel);
        var order = Enumerable.Range(0, problem.Dims.N).ToArray();
        var reading = Certify.Known(Certify.Reading(read.Alive, read.Dropped, read.Freedom, order, ids, twins), problem.KnownTokens);
        return TokenSearch.Answer(read.Alive[0].Prefix!.States, reading, read.Alive[0].Loss, read.Freedom.Sum());
    }
}
