namespace Unmask.Kernels;

/// <summary>The programs of a size whose constants are known to the compiler, one type for each precision. Emitted classes name the types.</summary>
public abstract class KnownSizeKernels<TDouble, TSingle>(int d, int n) : KernelsByWidth<TDouble, TSingle>(d, n)
    where TDouble : struct, IKnownSize<TDouble>
    where TSingle : struct, IKnownSize<TSingle>
{
    private protected override int Row => N;

    private protected override TDouble InDouble(int headWidth) => TDouble.WithHeads(headWidth);

    private protected override TSingle InSingle(int headWidth) => TSingle.WithHeads(headWidth);
}
