using System.Numerics;
using System.Numerics.Tensors;

namespace Unmask.Kernels;

/// <summary>
/// Evaluates one loss at one size: value, gradient, Hessian-vector and Gauss–Newton products. It owns its memory and allocates nothing
/// per call, so it belongs to one solver on one thread. <see cref="Bind"/> first; the two products are taken at the X of the last
/// <see cref="Gradient"/>.
/// </summary>
public abstract unsafe class AttentionKernel<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Workspace<T> _workspace;
    private readonly int _strideD;

    private protected AttentionKernel(
        LossModel model, int d, int n, int strideD, int strideN, bool causal, int weights, int states, int maps, int columns)
    {
        (Model, D, N, Causal, _strideD, StrideN) = (model, d, n, causal, strideD, strideN);
        var elements = weights * Strides.Rows(d) * strideD + states * Strides.Rows(d) * strideN + maps * Strides.Rows(n) * strideN + columns * strideN;
        _workspace = new Workspace<T>(elements, weights + states + maps + columns);
    }

    public LossModel Model { get; }

    /// <summary>Width of a state.</summary>
    public int D { get; }

    /// <summary>Number of tokens.</summary>
    public int N { get; }

    /// <summary>Whether entries above the diagonal are hidden.</summary>
    public bool Causal { get; }

    private protected int StrideN { get; }

    private protected T* InputX { get; init; }

    private protected T* InputTrialX { get; init; }

    private protected T* InputU { get; init; }

    private protected T* InputW { get; init; }

    private protected T* InputV { get; init; }

    private protected T* InputB { get; init; }

    private protected T* InputBt { get; init; }

    /// <summary>
    /// Sets what is known. <paramref name="weights"/> is s·W_Q W_Kᵀ, d×d; <paramref name="observed"/> is n×n, or n×d for the output model
    /// (for <see cref="LossModel.LogAttention"/> the logarithm of the map); <paramref name="value"/> is d×d, for the output model only.
    /// All row-major. Entries above the diagonal of a causal map are ignored.
    /// </summary>
    public void Bind(ReadOnlySpan<T> weights, ReadOnlySpan<T> observed, ReadOnlySpan<T> value = default)
    {
        Fill(InputW, _strideD, weights, D, D, nameof(weights));
        if (Model == LossModel.Output)
        {
            Fill(InputV, _strideD, value, D, D, nameof(value));
            FillTransposed(InputBt, observed);
        }
        else
        {
            Fill(InputB, StrideN, observed, N, N, nameof(observed));
            if (Causal) HideFuture(InputB);
        }

        GC.KeepAlive(_workspace);
    }

    /// <summary>The loss at X (d×n, row-major). Leaves the point of the last gradient as it was.</summary>
    public T Loss(ReadOnlySpan<T> x)
    {
        Fill(InputTrialX, StrideN, x, D, N, nameof(x));
        var value = RunLoss();
        GC.KeepAlive(_workspace);
        return value;
    }

    /// <summary>The loss at X, and its gradient (d×n) into <paramref name="gradient"/>.</summary>
    public T Gradient(ReadOnlySpan<T> x, Span<T> gradient)
    {
        Fill(InputX, StrideN, x, D, N, nameof(x));
        var value = RunGradient();
        Drain(GradientResult, gradient, nameof(gradient));
        return value;
    }

    /// <summary>The Hessian at the last gradient's X, times <paramref name="direction"/> (d×n).</summary>
    public void HessianVector(ReadOnlySpan<T> direction, Span<T> product)
    {
        Fill(InputU, StrideN, direction, D, N, nameof(direction));
        RunHessianVector();
        Drain(HessianVectorResult, product, nameof(product));
    }

    /// <summary>The Gauss–Newton matrix at the last gradient's X, times <paramref name="direction"/> (d×n).</summary>
    public void GaussNewton(ReadOnlySpan<T> direction, Span<T> product)
    {
        Fill(InputU, StrideN, direction, D, N, nameof(direction));
        RunGaussNewton();
        Drain(GaussNewtonResult, product, nameof(product));
    }

    /// <summary>
    /// How the residual bends along a direction (d×n) at the last gradient's X: Jᵀ∇²outer applied to the second derivative of Z along it,
    /// the right-hand side of a geodesic correction. derivation.md (12).
    /// </summary>
    public void Bend(ReadOnlySpan<T> direction, Span<T> product)
    {
        Fill(InputU, StrideN, direction, D, N, nameof(direction));
        RunBend();
        Drain(BendResult, product, nameof(product));
    }

    /// <summary>The loss at a d×n tensor.</summary>
    public T Loss(in ReadOnlyTensorSpan<T> x)
    {
        var flat = new T[x.FlattenedLength];
        x.FlattenTo(flat);
        return Loss(flat);
    }

    private protected abstract T RunLoss();

    private protected abstract T RunGradient();

    private protected abstract void RunHessianVector();

    private protected abstract void RunGaussNewton();

    private protected abstract void RunBend();

    private protected abstract T* GradientResult { get; }

    private protected abstract T* HessianVectorResult { get; }

    private protected abstract T* GaussNewtonResult { get; }

    private protected abstract T* BendResult { get; }

    private protected T* CarveWeights() => _workspace.Carve(Strides.Rows(D), _strideD);

    private protected T* CarveStates() => _workspace.Carve(Strides.Rows(D), StrideN);

    private protected T* CarveMap() => _workspace.Carve(Strides.Rows(N), StrideN);

    private protected T* CarveColumn() => _workspace.Carve(1, StrideN);

    private static void Fill(T* target, int stride, ReadOnlySpan<T> source, int rows, int columns, string name)
    {
        if (source.Length != rows * columns) throw new ArgumentException($"{name} has {source.Length} entries, {rows}x{columns} needs {rows * columns}.", name);
        for (var i = 0; i < rows; i++) source.Slice(i * columns, columns).CopyTo(new Span<T>(target + (nint)i * stride, columns));
    }

    private void FillTransposed(T* target, ReadOnlySpan<T> source)
    {
        if (source.Length != N * D) throw new ArgumentException($"observed has {source.Length} entries, {N}x{D} needs {N * D}.", nameof(source));
        for (var i = 0; i < N; i++)
            for (var a = 0; a < D; a++) target[(nint)a * StrideN + i] = source[i * D + a];
    }

    private void HideFuture(T* map)
    {
        for (var i = 0; i < N; i++) new Span<T>(map + (nint)i * StrideN + i + 1, N - i - 1).Clear();
    }

    private void Drain(T* source, Span<T> target, string name)
    {
        if (target.Length != D * N) throw new ArgumentException($"{name} has {target.Length} entries, {D}x{N} needs {D * N}.", name);
        for (var i = 0; i < D; i++) new ReadOnlySpan<T>(source + (nint)i * StrideN, N).CopyTo(target.Slice(i * N, N));
        GC.KeepAlive(_workspace);
    }
}
