namespace Unmask.Kernels;

/// <summary>Which loss a kernel evaluates. S = XᵀWX with the scale inside W, P = softmax of the rows of S, B what was observed.</summary>
public enum LossModel
{
    /// <summary>½‖S − B‖², B n×n: derivation.md (3).</summary>
    Scores,

    /// <summary>½‖P − B‖², B n×n: derivation.md (4).</summary>
    Attention,

    /// <summary>½‖row-centred (S − B)‖², B n×n the logarithm of the observed map: derivation.md (5).</summary>
    LogAttention,

    /// <summary>−Σ B ∘ log P, B n×n: derivation.md (6). Its Gauss–Newton product is that of the convex outer function.</summary>
    CrossEntropy,

    /// <summary>½‖P Xᵀ V − B‖², B n×d, V d×d: derivation.md (7), the paper's loss.</summary>
    Output,
}
