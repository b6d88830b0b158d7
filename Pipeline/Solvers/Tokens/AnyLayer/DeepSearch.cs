using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Solvers;

/// <summary>The tokens behind a causal map of any layer, by the model's forward pass. token-search.md (T13).</summary>
internal static class DeepSearch
{
    // V² candidate pairs times the weights that each passes: minutes on two cores.
    private const double MostWork = 5e12;

    public static Fin<Estimate> Solve(Problem problem, SolverOptions options, ParallelOptions parallel) =>
        from one in TokenSearch.Require(!problem.Averaged, Averages.Rule)
        from read in problem.Model.ToFin(
            Faults.SolverDoesNotApply(TokenSearch.Name, "there is neither a vocabulary in front of the layer nor a model below it"))
        from causal in TokenSearch.Require(problem.Layer.Mask == Mask.Causal, "without a causal mask no state depends on earlier tokens alone")
        from whole in read().Match(
            Succ: FinSucc, Fail: error => FinFail<Transformer>(Faults.SolverDoesNotApply(TokenSearch.Name, error.Message.TrimEnd('.'))))
        from model in Observed(whole, problem.Layer)
        from prefix in Prefix.Of(model, problem.Layer.Index, parallel.MaxDegreeOfParallelism)
        from tokens in model.Tokens.ToFin(Faults.SolverDoesNotApply(TokenSearch.Name, "the model has no embedding of tokens"))
        from positions in Door.Require(
            tokens.Positions.ForAll(p => p.Rows >= problem.Dims.N),
            () => Faults.TooFewPositions(problem.Dims.N, tokens.Positions.Map(p => p.Rows).IfNone(0)))
        from work in Door.Require(
            problem.Observation == Observation.Residual || problem.KnownTokens.ContainsKey(0) || Work(model, problem.Layer.Index) <= MostWork,
            () => Faults.SolverDoesNotApply(TokenSearch.Name, "the first token is not known, and all pairs of this vocabulary are too many to run through the model"))
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

    // The layer as it was observed: with the heads that were.
    private static Fin<Transformer> Observed(Transformer model, AttentionLayer layer) =>
        TokenSearch.Require(model.IsCausal && layer.Index < model.Blocks.Count, $"the model has no causal layer {layer.Index}").Map(_ => model with
        {
            Blocks = toSeq(model.Blocks.Select((block, index) => index == layer.Index ? block with { Attention = layer } : block)).Strict(),
        });

    private static double Work(Transformer model, int layer) =>
        Math.Pow(model.Tokens.Match(tokens => tokens.Tokens.Rows, () => 0), 2) * model.Blocks.Take(layer).Sum(Weights);

    private static double Weights(Block block) => 4.0 * block.Output.Weight.Values.Length
        + block.Mlp.Up.Weight.Values.Length + block.Mlp.Down.Weight.Values.Length + block.Mlp.Gate.Map(g => g.Weight.Values.Length).IfNone(0);
}
