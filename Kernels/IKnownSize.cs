namespace Unmask.Kernels;

/// <summary>A size of which only the width of thin heads is left to run time.</summary>
public interface IKnownSize<TSelf> : IProblemSize
    where TSelf : struct, IKnownSize<TSelf>
{
    /// <summary>The size with heads of this width; 0 for one head with its weights multiplied out.</summary>
    static abstract TSelf WithHeads(int headWidth);
}
