using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>
/// One loss at one size on raw memory: the emitted steps and the matrices they work on. <see cref="AttentionKernel{T}"/> and
/// <see cref="AttentionBatch{T}"/> give it a face.
/// </summary>
public abstract unsafe class LossProgram<T>
    where T : unmanaged
{
    private const int Widest = 16;

    // Bytes: four vectors, and a strip of which two fit into 48 KB.
    private const int WidestTile = 256;
    private const int MostPaired = 20 * 1024;

    /// <summary>Up to so many tokens the maps of a problem stay in the cache as they are.</summary>
    internal const int MostWhole = 192;

    private readonly T[] _total = GC.AllocateArray<T>(2 * Widest, pinned: true);
    private Workspace<T>? _workspace;

    private protected LossProgram(ProblemShape shape, ProgramRequest request)
    {
        (Shape, Request, Heads, Causal) = (shape, request, request.Heads, request.Causal);
        Blocks = new MapBlocks<T>(shape, request.Model, request.Causal);
        Total = (T*)(((nint)Unsafe.AsPointer(ref _total[0]) + 63) & -64);
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

    /// <summary>What is observed, one query a column: the transposed map of every head, n×n, or the transposed output, d×n. A batch lets it point to each group of problems in turn.</summary>
    public T* InputBt { get; internal set; }

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

    /// <summary>Numbers that <see cref="InputBt"/> occupies.</summary>
    internal int ObservedSize => Request.Model == LossModel.Output ? Block(Shape.D, Shape.StrideN) : Heads * Block(Shape.N, Shape.StrideN);

    /// <summary>Numbers that a matrix occupies, its rows padded to whole tiles.</summary>
    public int Block(int rows, int stride) => (Strides.Rows(rows) * stride + Alignment - 1) / Alignment * Alignment;

    private static int Alignment => 64 / sizeof(T);

    /// <summary>Numbers that a map occupies where it is not worked on block by block.</summary>
    private protected int WholeMap => Shape.N > MostWhole ? 0 : Block(Shape.N, Shape.StrideN);

    private protected void Reserve(int elements) => _workspace = new Workspace<T>(elements);

    private protected T* Carve(int elements) => _workspace!.Carve(elements);

    private protected void ClearTotal() => new Span<T>(Total, Shape.Lanes).Clear();

    /// <summary>Maps of more tokens than <see cref="MostWhole"/>.</summary>
    private protected MapBlocks<T> Blocks { get; }

    /// <summary>Called when weights have been bound, by those who hold them in a form of their own.</summary>
    internal virtual void TakeWeights()
    {
    }

    /// <summary>Lays the observed map out block by block, where it will be read so.</summary>
    internal void CutObserved()
    {
        if (Shape.N > MostWhole && Request.Model != LossModel.Output && !Request.IsJoint) Blocks.Cut(InputBt);
    }

    /// <summary>
    /// Whether strips of two right factors, a tile wide and as deep as they are, stay in the first cache together: only then is it better to sum
    /// both halves of a pair in the same registers than to go through the target twice.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static bool FitsTwice(nint depth, nint stride) => depth * nint.Min(stride * sizeof(T), WidestTile) <= MostPaired;

    private protected static void Clear(T* matrix, nint rows, nint stride) => new Span<T>(matrix, (int)(rows * stride)).Clear();

    private protected void Transpose(T* source, T* target, nint rows, nint columns, nint sourceStride, nint targetStride) =>
        Transposition.Run(source, target, rows, columns, sourceStride, targetStride, Shape.Lanes);
}
