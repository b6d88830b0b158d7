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
            problem.Observation == Observation.Residual || problem.KnownTokens.ContainsKey(0)
                || Math.Pow(tokens.Tokens.Rows, 2) * DeepSearch.Pass(model, problem.Layer.Index) <= MostWork,
            () => Faults.SolverDoesNotApply(TokenSearch.Name, "the first token is not known, and all pairs of this vocabulary are too many to run through the model"))
        from prefix in Prefix.Of(model, problem.Layer.Index, parallel.MaxDegreeOfParallelism)
        let twins = TokenTwins.Among(tokens.Tokens)
        from steps in Steps(problem, prefix, twins.Representatives)
        select Search(problem, prefix, steps, twins, options, parallel);

    private static Estimate Search(
        Problem problem, Prefix prefix, IStepSource steps, TokenTwins twins, SolverOptions options, ParallelOptions parallel)
    {
        if (problem.Dims.N == 1 && problem.Observation == Observation.Attention)
        {
            var any = Certify.Known(Certify.Nothing(prefix.Model.Tokens.Match(tokens => tokens.Tokens.Rows, () => 0)), problem.KnownTokens);
            return TokenSearch.Answer(prefix.Extend([any.Ids[0]]).Take(0).States, any, 0, 0);
        }

        var read = Reader.Of(problem, steps, twins.Candidates(problem.KnownTokens, problem.Dims.N), options, parallel);
        var certified = Certify.Reading(read.Alive, read.Dropped, read.Freedom, steps.Order, twins.Representatives, twins);
        var last = read.Alive[0].Prefix!;
        return TokenSearch.Answer(last.States, Certify.Known(certified, problem.KnownTokens), read.Alive[0].Loss, read.Freedom.Sum()) with
        {
            Stream = problem.Observation == Observation.Residual ? Some(problem.Centred ? last.Streams.Transpose().CentreRows().Transpose() : last.Streams) : None,
        };
    }

    private static Fin<IStepSource> Steps(Problem problem, Prefix start, int[] ids) => problem.Observation == Observation.Residual
        ? ResidualStream.Branch(problem.Layer, problem.Observed[0].Transpose()).Map<IStepSource>(branch => new StreamSteps(problem, branch, start, ids))
        : new DeepSteps(problem, start, ids);
}
