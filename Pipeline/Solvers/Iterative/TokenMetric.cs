using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The natural metric of one token's state: M = W X XᵀWᵀ + WᵀX XᵀW (+ VVᵀ for outputs), d×d, the block that the Gauss–Newton matrix of the
/// scores has on its diagonal for every token, and the coordinates in which it is the identity, X̃ = LᵀX with M = L Lᵀ. derivation.md (14),
/// (16). Measuring steps there takes out the conditioning of W and X, which would otherwise be squared. Directions that no other token can
/// see (there are some when n is below d) get a share of the mean. Buffers are made once.
/// </summary>
internal sealed class TokenMetric(BoundKernel bound, int columns, MatrixProduct<double> product)
{
    // Much less, and a step runs far along directions that hardly show in the loss; much more, and the metric is no metric.
    private const double Floor = 1e-2;

    private readonly int _d = bound.Kernel.D;
    private readonly PaddedMatrix<double> _w = Padded(bound.Weights);
    private readonly Option<PaddedMatrix<double>> _v = bound.Value.Map(Padded);
    private readonly Option<PaddedMatrix<double>> _vvt = bound.Value.Map(v => Padded((1.0 / bound.Kernel.N) * (v * v.Transpose())));
    private readonly PaddedMatrix<double> _image = new(bound.Kernel.D, columns);
    private readonly PaddedMatrix<double> _turned = new(columns, bound.Kernel.D);
    private readonly PaddedMatrix<double> _metric = new(bound.Kernel.D, bound.Kernel.D);
    private readonly PaddedMatrix<double> _half = new(bound.Kernel.D, bound.Kernel.D);
    private readonly SmallFactor _factor = new(bound.Kernel.D);

    /// <summary>L⁻¹ W L⁻ᵀ: the weights that give X̃ the scores that W gives X.</summary>
    public PaddedMatrix<double> Weights { get; } = new(bound.Kernel.D, bound.Kernel.D);

    /// <summary>Takes M and its factor at X, d×columns.</summary>
    public void MoveTo(PaddedMatrix<double> x)
    {
        product.Multiply(_w, x, _image);
        _turned.SetTransposed(_image);
        product.Multiply(_image, _turned, _metric);
        product.MultiplyTransposed(_w, x, _image);
        _turned.SetTransposed(_image);
        product.Add(_image, _turned, _metric);
        if (_vvt.Case is PaddedMatrix<double> vvt) TensorPrimitives.Add(_metric.Padded, vvt.Padded, _metric.Padded);
        Factorise();
        product.Multiply(_factor.Inverse, _w, _half);
        _metric.SetTransposed(_factor.Inverse);
        product.Multiply(_half, _metric, Weights);
    }

    /// <summary>LᵀX: states in the coordinates of the metric.</summary>
    public void States(PaddedMatrix<double> x, PaddedMatrix<double> result) => product.MultiplyTransposed(_factor.Factor, x, result);

    /// <summary>L⁻¹G: gradients in them.</summary>
    public void Gradient(PaddedMatrix<double> g, PaddedMatrix<double> result) => product.Multiply(_factor.Inverse, g, result);

    /// <summary>L⁻ᵀP: a step back from them.</summary>
    public void Step(PaddedMatrix<double> p, PaddedMatrix<double> result) => product.MultiplyTransposed(_factor.Inverse, p, result);

    /// <summary>L⁻¹V, packed: the value weights that give X̃ the outputs that V gives X.</summary>
    public void Value(Span<double> result)
    {
        if (_v.Case is not PaddedMatrix<double> v) return;
        product.Multiply(_factor.Inverse, v, _half);
        _half.CopyTo(result);
    }

    private void Factorise()
    {
        var trace = 0.0;
        for (var a = 0; a < _d; a++) trace += _metric.Row(a)[a];
        var least = trace > 0 ? Floor * trace / _d : 1;
        for (var a = 0; a < _d; a++) _metric.Row(a)[a] += least;
        _factor.Of(_metric, least);
    }

    private static PaddedMatrix<double> Padded(Matrix matrix)
    {
        var padded = new PaddedMatrix<double>(matrix.Rows, matrix.Columns);
        padded.Set(matrix.Values);
        return padded;
    }
}
