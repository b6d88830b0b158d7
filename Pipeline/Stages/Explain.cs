using Unmask.Pipeline.Solvers;
using Unmask.Pipeline.Verdicts;

namespace Unmask.Pipeline;

/// <summary>
/// What a capture would determine, from the weights alone. The rank of the Jacobian is the same at almost every X, so one drawn at random
/// speaks for all that the layer may see: docs/closed-form.md (C19), (C22).
/// </summary>
public static class Explain
{
    // Beyond this many tokens no further ones are tried.
    private const int Most = 2048;

    // How far above the counting bound the rank may first be full.
    private const int Slack = 8;

    private const double LargestScore = 6;

    /// <summary>
    /// The forecast for <paramref name="tokens"/> tokens of a layer. The observation is taken to be exact; <see cref="Verify"/> says what
    /// a stored one leaves of it.
    /// </summary>
    public static Fin<Forecast> Layer(AttentionLayer layer, int tokens, Observation observation, CancellationToken cancellation = default) =>
        from asked in Door.Require(observation != Observation.Output || layer.Value.IsSome, () => Faults.NoValueWeights($"layer {layer.Index}", "attention_outputs"))
        from there in At(layer, tokens, observation)
        from least in Least(layer, observation, cancellation)
        select new Forecast(layer.Index, tokens, there, least.Tokens, least.Counted) { Always = least.Tokens.IsSome ? Counting.Nullity(layer, Most, observation) : 0 };

    /// <summary>What n tokens determine.</summary>
    private static Fin<Identifiability> At(AttentionLayer layer, int n, Observation observation) =>
        from problem in Drawn(layer, n, observation)
        from found in Identify.At(problem.Problem, problem.States)
        select found;

    // What stays free however many tokens there are: nothing in most layers, the first tokens of a causal one with few keys. Where each token brings
    // freedom of its own there is no such number.
    private static Fin<(Option<int> Tokens, bool Counted)> Least(AttentionLayer layer, Observation observation, CancellationToken cancellation)
    {
        var always = Counting.Nullity(layer, Most, observation);
        var enough = 1 + toSeq(Enumerable.Range(1, Most / 2)).Filter(n => Counting.Nullity(layer, n, observation) != always).LastOrNone().IfNone(0);
        return enough > Most / 2 ? (None, true) : Tried(layer, observation, enough, always, cancellation);
    }

    // One head keeps its isometries whatever the number: where more tokens free nothing further, the number is enough.
    private static Fin<(Option<int> Tokens, bool Counted)> Tried(
        AttentionLayer layer, Observation observation, int least, long always, CancellationToken cancellation)
    {
        for (var n = least; n <= least + Slack; n++)
        {
            if (cancellation.IsCancellationRequested) return Faults.Interrupted();
            var found = At(layer, n, observation);
            if (found.Case is Error error) return error;
            var here = found.ThrowIfFail();
            if (here.IsCounted) return (Some(least), true);
            if (here.Nullity <= always || (layer.Heads.Count == 1 && here.Symmetry != Symmetry.Subspace(here.Nullity))) return (Some(n), false);
        }

        return (None, false);
    }

    private static Fin<(Problem Problem, Matrix States)> Drawn(AttentionLayer layer, int n, Observation observation) =>
        from dims in Dims.Of(layer.D, n)
        let x = Gentle(layer, Matrix.Of(layer.D, n, Starts.At(dims, SolverOptions.Default, 1)))
        select (new Problem(
            $"layer {layer.Index}", layer, dims, observation,
            layer.Heads.Map(head => observation == Observation.Scores ? Forward.Scores(layer, head, x) : Forward.Attention(layer, head, x)).Strict(),
            Precision.Float64, layer.Value, None), x);

    // Trained weights may be large: probabilities too small for any format would hide what is asked.
    private static Matrix Gentle(AttentionLayer layer, Matrix x)
    {
        var largest = layer.Heads.Map(head => Forward.Scores(layer, head, x).Map(score => double.IsFinite(score) ? score : 0).MaxNorm()).Max();
        return largest > LargestScore ? Math.Sqrt(LargestScore / largest) * x : x;
    }
}
