namespace Unmask.Kernels;

/// <summary>The kernels of one size, before model, mask, precision and width are chosen. Emitted, one class per size.</summary>
public abstract class SizedKernels(int d, int n)
{
    public int D { get; } = d;

    public int N { get; } = n;

    public abstract AttentionKernel<double> CreateDouble(LossModel model, bool causal, VectorWidth width);

    public abstract AttentionKernel<float> CreateSingle(LossModel model, bool causal, VectorWidth width);
}
