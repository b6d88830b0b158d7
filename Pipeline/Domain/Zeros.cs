namespace Unmask.Pipeline;

/// <summary>What a stored zero of an attention map says.</summary>
public enum Zeros
{
    /// <summary>The probability was too small for the format: an inequality.</summary>
    Bounded,

    /// <summary>Nothing, as after a dropout.</summary>
    Missing,
}
