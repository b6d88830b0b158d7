using System.Numerics;
using System.Numerics.Tensors;

namespace Unmask.Kernels;

/// <summary>
/// Evaluates one loss at one size: value, gradient, Hessian-vector and Gauss–Newton products. It owns its memory and allocates nothing
/// per call, so it belongs to one solver on one thread. <see cref="Bind"/> or <see cref="BindHeads"/> first; the products are taken at the X
/// of the last <see cref="Gradient"/>.
/// </summary>
public sealed unsafe class AttentionKernel<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly LossProgram<T> _program;
    private readonly ProblemMemory<T> _memory;

    internal AttentionKernel(LossProgram<T> program) => (_program, _memory) = (program, new ProblemMemory<T>(program.Shape));

    /// <summary>Its gradient taken apart; null where that cannot be.</summary>
    internal IPartsAlone? PartsAlone => _program as IPartsAlone;

    public LossModel Model => _program.Request.Model;

    /// <summary>The emitted size that serves, or that of any size.</summary>
    public string ServedBy => _program.GetType() is { IsGenericType: true } general ? general.GenericTypeArguments[0].Name : _program.GetType().Name;

    /// <summary>Width of a state.</summary>
    public int D => _program.Shape.D;

    /// <summary>Number of tokens.</summary>
    public int N => _program.Shape.N;

    /// <summary>Number of heads that share X.</summary>
    public int Heads => _program.Request.Heads;

    /// <summary>Whether entries above the diagonal are hidden.</summary>
    public bool Causal => _program.Request.Causal;

    /// <summary>
    /// Sets what is known of one head. <paramref name="weights"/> is s·W_Q W_Kᵀ, d×d; <paramref name="observed"/> is n×n, or n×d for the
    /// output model (for <see cref="LossModel.LogAttention"/> the logarithm of the map); <paramref name="value"/> is d×d, for the output model
    /// only. All row-major. Entries above the diagonal of a causal map are ignored.
    /// </summary>
    public void Bind(ReadOnlySpan<T> weights, ReadOnlySpan<T> observed, ReadOnlySpan<T> value = default) =>
        Binding.Bind(_program, _memory, weights, observed, value);

    /// <summary>
    /// Sets what is known of heads that share X, head after head: <paramref name="queries"/> s·W_Q and <paramref name="keys"/> W_K of d×h each,
    /// <paramref name="queryBias"/> s·b of h (or nothing), <paramref name="observed"/> maps of n×n each, or one n×d output which is the sum over
    /// the heads, and then <paramref name="values"/> of d×d each. All row-major.
    /// </summary>
    public void BindHeads(ReadOnlySpan<T> queries, ReadOnlySpan<T> keys, ReadOnlySpan<T> queryBias, ReadOnlySpan<T> observed, ReadOnlySpan<T> values = default) =>
        Binding.BindHeads(_program, _memory, queries, keys, queryBias, observed, values);

    /// <summary>The loss at X (d×n, row-major). Leaves the point of the last gradient as it was.</summary>
    public T Loss(ReadOnlySpan<T> x)
    {
        _memory.FillStates(_program.InputTrialX, x, nameof(x));
        _program.RunLoss();
        return Value();
    }

    /// <summary>The loss at X, and its gradient (d×n) into <paramref name="gradient"/>.</summary>
    public T Gradient(ReadOnlySpan<T> x, Span<T> gradient)
    {
        _memory.FillStates(_program.InputX, x, nameof(x));
        _program.RunGradient();
        _memory.Drain(_program.GradientResult, gradient, nameof(gradient));
        return Value();
    }

    /// <summary>The Hessian at the last gradient's X, times <paramref name="direction"/> (d×n).</summary>
    public void HessianVector(ReadOnlySpan<T> direction, Span<T> product)
    {
        _memory.FillStates(_program.InputU, direction, nameof(direction));
        _program.RunHessianVector();
        _memory.Drain(_program.HessianVectorResult, product, nameof(product));
    }

    /// <summary>The Gauss–Newton matrix at the last gradient's X, times <paramref name="direction"/> (d×n).</summary>
    public void GaussNewton(ReadOnlySpan<T> direction, Span<T> product)
    {
        _memory.FillStates(_program.InputU, direction, nameof(direction));
        _program.RunGaussNewton();
        _memory.Drain(_program.GaussNewtonResult, product, nameof(product));
    }

    /// <summary>
    /// How the residual bends along a direction (d×n) at the last gradient's X: Jᵀ∇²outer applied to the second derivative of Z along it,
    /// the right-hand side of a geodesic correction. derivation.md (12).
    /// </summary>
    public void Bend(ReadOnlySpan<T> direction, Span<T> product)
    {
        _memory.FillStates(_program.InputU, direction, nameof(direction));
        _program.RunBend();
        _memory.Drain(_program.BendResult, product, nameof(product));
    }

    /// <summary>X where the kernel holds it, d×n.</summary>
    public KernelMatrix<T> States => new(_program, _program.InputX, D, N, _program.Shape.StrideN);

    /// <summary>The direction of the next product, d×n.</summary>
    public KernelMatrix<T> Direction => new(_program, _program.InputU, D, N, _program.Shape.StrideN);

    /// <summary>The last gradient where the kernel left it, one token a row: n×d.</summary>
    public KernelMatrix<T> GradientRows => Rows(_program.GradientResult);

    /// <summary>The last Hessian-vector product, likewise.</summary>
    public KernelMatrix<T> HessianVectorRows => Rows(_program.HessianVectorResult);

    /// <summary>The last Gauss–Newton product, likewise.</summary>
    public KernelMatrix<T> GaussNewtonRows => Rows(_program.GaussNewtonResult);

    /// <summary>The loss at <see cref="States"/>, and its gradient into <see cref="GradientRows"/>, without a copy.</summary>
    public T Gradient()
    {
        _program.RunGradient();
        return Value();
    }

    /// <summary>The Hessian times <see cref="Direction"/> into <see cref="HessianVectorRows"/>, without a copy.</summary>
    public void HessianVector() => _program.RunHessianVector();

    /// <summary>The Gauss–Newton matrix times <see cref="Direction"/> into <see cref="GaussNewtonRows"/>, without a copy.</summary>
    public void GaussNewton() => _program.RunGaussNewton();

    /// <summary>The loss at a d×n tensor.</summary>
    public T Loss(in ReadOnlyTensorSpan<T> x)
    {
        var flat = new T[x.FlattenedLength];
        x.FlattenTo(flat);
        return Loss(flat);
    }

    private KernelMatrix<T> Rows(T* result) => new(_program, result, N, D, _program.Shape.StrideD);

    private T Value()
    {
        var value = *_program.Total;
        GC.KeepAlive(_program);
        return value;
    }
}
