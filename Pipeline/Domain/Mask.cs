namespace Unmask.Pipeline;

/// <summary>Which tokens a query may see: all of them, or only itself and those before it.</summary>
public enum Mask
{
    None,
    Causal,
}
