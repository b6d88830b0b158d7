namespace Unmask.Pipeline.Transformers;

/// <summary>What stands between the two layers of an MLP, entry by entry.</summary>
public enum Activation
{
    /// <summary>x·Φ(x), Φ the normal distribution function.</summary>
    Gelu,

    /// <summary>½x(1 + tanh(√(2/π)(x + 0.044715x³))).</summary>
    GeluTanh,

    /// <summary>x / (1 + e^−x).</summary>
    Silu,

    /// <summary>max(x, 0).</summary>
    Relu,
}

/// <summary>Where a block normalises: what enters each of its halves, or the sum that leaves it.</summary>
public enum NormPlace
{
    Before,
    After,
}

/// <summary>
/// x ↦ down(f(up(x))), or down(f(gate(x)) ∘ up(x)) where there is a <paramref name="Gate"/>.
/// </summary>
public sealed record Mlp(Option<Linear> Gate, Linear Up, Activation Activation, Linear Down);

/// <summary>
/// One block. Normalised before: u = x + o(attention(a(x))), y = u + mlp(b(u)); after: u = a(x + o(attention(x))), y = b(u + mlp(u)), with
/// a = <paramref name="AttentionNorm"/>, b = <paramref name="MlpNorm"/> and o = <paramref name="Output"/>, heads·d_h×d.
/// <paramref name="Attention"/> has its value weights.
/// </summary>
public sealed record Block(AttentionLayer Attention, Linear Output, Norm AttentionNorm, Mlp Mlp, Norm MlpNorm, NormPlace Norms);
