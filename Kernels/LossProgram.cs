using System.Numerics;

namespace Unmask.Kernels;

/// <summary>
/// One loss at one size on raw memory: the emitted steps and the matrices they work on. <see cref="AttentionKernel{T}"/> and
/// <see cref="AttentionBatch{T}"/> give it a face.
/// </summary>
public abstract unsafe class LossProgram<T>
    where T : unmanaged
{
    private const int Widest = 16;
    private readonly T[] _total = GC.AllocateArray<T>(2 * Widest, pinned: true);
    private Workspace<T>? _workspace;

    private protected LossProgram(ProblemShape shape, ProgramRequest request)
    {
        (Shape, Request, Heads, Causal) = (shape, request, request.Heads, request.Causal);
        Total = (T*)(((nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _total[0]) + 63) & -64);
    }

    public ProblemShape Shape { get; }

    public ProgramRequest Request { get; }

    /// <summary>The value of the loss, one number a lane.</summary>
    public T* Total { get; }

    /// <summary>X, d×n.</summary>
    public T* InputX { get; private protected init; }

    /// <summary>The X of a loss that leaves the point of the last gradient as it was.</summary>
    public T* InputTrialX { get; private protected init; }

    /// <summary>U, d×n.</summary>
    public T* InputU { get; private protected init; }

    /// <summary>W, d×d.</summary>
    public T* InputW { get; private protected init; }

    /// <summary>Wᵀ, d×d.</summary>
    public T* InputWt { get; private protected init; }

    /// <summary>Value weights, d×d, of every head.</summary>
    public T* InputV { get; private protected init; }

    /// <summary>Their transposes.</summary>
    public T* InputVt { get; private protected init; }

    /// <summary>Query weights of every head, d×h.</summary>
    public T* InputWQ { get; private protected init; }

    /// <summary>Their transposes.</summary>
    public T* InputWQt { get; private protected init; }

    /// <summary>Key weights of every head, d×h.</summary>
    public T* InputWK { get; private protected init; }

    /// <summary>Their transposes.</summary>
    public T* InputWKt { get; private protected init; }

    /// <summary>Query bias of every head, h numbers.</summary>
    public T* InputbQ { get; private protected init; }

    /// <summary>The transposed observed map of every head, keys × queries.</summary>
    public T* InputBt { get; private protected init; }

    /// <summary>The observed output, n×d.</summary>
    public T* InputB { get; private protected init; }

    /// <summary>The results lie one token a row, n×d.</summary>
    public abstract T* GradientResult { get; }

    public abstract T* HessianVectorResult { get; }

    public abstract T* GaussNewtonResult { get; }

    public abstract T* BendResult { get; }

    private protected bool Causal { get; }

    private protected int Heads { get; }

    public abstract void RunLoss();

    public abstract void RunGradient();

    public abstract void RunHessianVector();

    public abstract void RunGaussNewton();

    public abstract void RunBend();

    /// <summary>Numbers that a matrix occupies, its rows padded to whole tiles.</summary>
    public int Block(int rows, int stride) => (Strides.Rows(rows) * stride + Alignment - 1) / Alignment * Alignment;

    private static int Alignment => 64 / sizeof(T);

    private protected void Reserve(int elements) => _workspace = new Workspace<T>(elements);

    private protected T* Carve(int elements) => _workspace!.Carve(elements);

    private protected void ClearTotal()
    {
        for (var lane = 0; lane < Shape.Lanes; lane++) Total[lane] = default;
    }

    private protected void Transpose(T* source, T* target, nint rows, nint columns, nint sourceStride, nint targetStride) =>
        Transposition.Run(source, target, rows, columns, sourceStride, targetStride, Shape.Lanes);
}
