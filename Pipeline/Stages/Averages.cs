namespace Unmask.Pipeline;

/// <summary>A mean over heads: what it takes for one to be read at all. token-search.md (T14).</summary>
internal static class Averages
{
    /// <summary>Why everything else refuses it.</summary>
    public const string Rule = "a mean over heads is read by tokens alone, at layer 0 of a causal model with a vocabulary";

    /// <summary>What claims to be a mean is one map of probabilities, of a layer where it can be read.</summary>
    public static Fin<Unit> Check(Observed seen, AttentionLayer layer, Option<Vocabulary> vocabulary)
    {
        var why = !Of(seen, layer) ? null
            : seen.Observation != Observation.Attention ? "but not of attention, and no softmax explains it"
            : seen.Matrices.Count != 1 ? $"but holds {seen.Matrices.Count} maps"
            : layer.Index != 0 ? $"but of layer {layer.Index}"
            : layer.Mask != Mask.Causal ? "but of a layer without a causal mask"
            : vocabulary.IsNone ? "but of a layer without a vocabulary before it"
            : seen.RowSums.IfNone(RowSums.Softmax) != RowSums.Softmax ? "but a sink or a dropout took unknown shares of its heads"
            : null;
        return why is null ? unit : Faults.AverageElsewhere(seen.Path, seen.Tensor, why);
    }

    /// <summary>Whether it is a mean of several: that of one head is its map.</summary>
    public static bool Of(Observed seen, AttentionLayer layer) => seen.Averaged && layer.Heads.Count > 1;

    /// <summary>What every solver but the token search asks first: a map of each head.</summary>
    public static Fin<Unit> PerHead(string solver, Problem problem) =>
        Door.Require(!problem.Averaged, () => Faults.SolverDoesNotApply(solver, Rule));
}
