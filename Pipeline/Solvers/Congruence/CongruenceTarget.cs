namespace Unmask.Pipeline.Solvers;

/// <summary>
/// What is left of a one-head problem once softmax and scale are undone: G = XᵀW X C with C the centring (attention),
/// or G = XᵀW X (scores). W carries the scale. docs/closed-form.md (C1), (C2).
/// </summary>
internal sealed record CongruenceTarget(Matrix W, Matrix G, bool Centred)
{
    private const string Name = "congruence";

    public int D => W.Rows;

    public int N => G.Rows;

    public static Fin<CongruenceTarget> Of(Problem problem) =>
        from each in Averages.PerHead(Name, problem)
        from applies in Refusal(problem).Match(Some: why => FinFail<Unit>(Faults.SolverDoesNotApply(Name, why)), None: () => unit)
        select new CongruenceTarget(
            problem.Layer.Scale * problem.Layer.Heads[0].Product,
            problem.Observation == Observation.Scores ? problem.Observed[0] : problem.Observed[0].Map(Math.Log).CentreRows(),
            problem.Observation == Observation.Attention);

    /// <summary>G as this X would give it: (C1) or (C2).</summary>
    public Matrix Predict(Matrix x)
    {
        var scores = x.Transpose() * (W * x);
        return Centred ? scores.CentreRows() : scores;
    }

    /// <summary>XC, or X where nothing is centred.</summary>
    public Matrix Centre(Matrix x) => Centred ? x.CentreRows() : x;

    private static Option<string> Refusal(Problem problem)
    {
        var layer = problem.Layer;
        var needed = problem.Observation == Observation.Attention ? problem.Dims.D + 1 : problem.Dims.D;
        return layer.Heads.Count != 1 ? Some($"it takes one head, the layer has {layer.Heads.Count}")
            : layer.Mask != Mask.None ? Some("it needs the unmasked map")
            : layer.Rotary.IsSome ? Some("rotary positions are no congruence")
            : !problem.Observation.IsOfMaps() ? Some("it needs scores or an attention map")
            : layer.Heads[0].QueryBias.IsSome ? Some("a query bias is no congruence")
            : layer.Heads[0].KeyBias.IsSome && problem.Observation == Observation.Scores ? Some("a key bias is no congruence")
            : problem.Dims.N < needed ? Some($"d={problem.Dims.D} needs at least {needed} tokens, there are {problem.Dims.N}")
            : problem.Observation == Observation.Attention && Zeros(problem.Observed[0]) is > 0 and var zeros
                ? Some($"{zeros} entries of the map are stored as zero, whose logarithm says nothing")
            : None;
    }

    private static int Zeros(Matrix map)
    {
        var zeros = 0;
        foreach (var p in map.Values) zeros += p > 0 ? 0 : 1;
        return zeros;
    }
}
