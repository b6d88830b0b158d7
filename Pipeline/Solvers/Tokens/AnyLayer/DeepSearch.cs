using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Solvers;

/// <summary>The tokens behind the maps of any layer, or behind a residual stream, by the model's forward pass. token-search.md (T13), (T16), (T19).</summary>
internal static class DeepSearch
{
    public static Fin<Estimate> Solve(Problem problem, SolverOptions options, ParallelOptions parallel) =>
        from one in TokenSearch.Require(!problem.Averaged, Averages.Rule)
        from read in problem.Model.ToFin(
            Faults.SolverDoesNotApply(TokenSearch.Name, "there is neither a vocabulary in front of the layer nor a model below it"))
        from whole in read().Match(
            Succ: FinSucc, Fail: error => FinFail<Transformer>(Faults.SolverDoesNotApply(TokenSearch.Name, error.Message.TrimEnd('.'))))
        from model in Observed(whole, problem.Layer)
        from tokens in model.Tokens.ToFin(Faults.SolverDoesNotApply(TokenSearch.Name, "the model has no embedding of tokens"))
        from positions in Door.Require(
            tokens.Positions.ForAll(p => p.Rows >= problem.Dims.N),
            () => Faults.TooFewPositions(problem.Dims.N, tokens.Positions.Map(p => p.Rows).IfNone(0)))
        from ordered in TokenSearch.Require(
            problem.Layer.Mask == Mask.Causal || problem.Observation != Observation.Residual, "without a causal mask no stream depends on earlier tokens alone")
        from estimate in problem.Layer.Mask == Mask.Causal
            ? CausalSearch.Solve(problem, model, tokens, options, parallel)
            : UnmaskedSearch.Solve(problem, model, tokens, options, parallel)
        select estimate;

    /// <summary>Multiply-adds of one token's pass through the blocks below the layer.</summary>
    public static double Pass(Transformer model, int layer) => model.Blocks.Take(layer).Sum(Weights);

    // The layer as it was observed: with the heads that were.
    private static Fin<Transformer> Observed(Transformer model, AttentionLayer layer) =>
        TokenSearch.Require(
            layer.Index < model.Blocks.Count && model.Blocks.ForAll(block => block.Attention.Mask == layer.Mask),
            $"the model has no layer {layer.Index} behind others of the same mask").Map(_ => model with
            {
                Blocks = toSeq(model.Blocks.Select((block, index) => index == layer.Index ? block with { Attention = layer } : block)).Strict(),
            });

    private static double Weights(Block block) => 4.0 * block.Output.Weight.Values.Length
        + block.Mlp.Up.Weight.Values.Length + block.Mlp.Down.Weight.Values.Length + block.Mlp.Gate.Map(g => g.Weight.Values.Length).IfNone(0);
}
