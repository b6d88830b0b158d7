namespace Unmask.Kernels;

/// <summary>The programs of one size, before model, mask, precision and width are chosen. Emitted, one class per size.</summary>
public abstract class SizedKernels(int d, int n)
{
    public int D { get; } = d;

    public int N { get; } = n;

    public abstract LossProgram<double> CreateDouble(ProgramRequest request, VectorWidth width);

    public abstract LossProgram<float> CreateSingle(ProgramRequest request, VectorWidth width);

    /// <summary>The same for as many problems at once as a vector has lanes.</summary>
    public abstract LossProgram<double> CreateLanesDouble(ProgramRequest request, VectorWidth width);

    /// <summary>The same for as many problems at once as a vector has lanes.</summary>
    public abstract LossProgram<float> CreateLanesSingle(ProgramRequest request, VectorWidth width);
}
