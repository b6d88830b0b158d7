namespace Unmask.Kernels;

/// <summary>What tiles do with something observed that lies as their target does.</summary>
public interface IObservedUse
{
    /// <summary>Take it from what they make, and add up half the squares.</summary>
    static abstract bool Compares { get; }

    /// <summary>Ask for it ahead, as it may lie far and is needed soon, here or in the pass that follows.</summary>
    static abstract bool Awaits { get; }
}

/// <summary>It is at hand, and taken off.</summary>
public readonly struct Compared : IObservedUse
{
    public static bool Compares => true;

    public static bool Awaits => false;
}

/// <summary>It is asked for.</summary>
public readonly struct Awaited : IObservedUse
{
    public static bool Compares => false;

    public static bool Awaits => true;
}

/// <summary>It is asked for, and taken off.</summary>
public readonly struct AwaitedAndCompared : IObservedUse
{
    public static bool Compares => true;

    public static bool Awaits => true;
}
