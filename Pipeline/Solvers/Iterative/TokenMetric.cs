using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The natural metric of one token's state: M = W X XᵀWᵀ + WᵀX XᵀW (+ VVᵀ for outputs), d×d, the block that the Gauss–Newton matrix of the
/// scores has on its diagonal for every token, and the coordinates in which it is the identity, X̃ = LᵀX with M = L Lᵀ. derivation.md (14),
/// (16). Measuring steps there takes out the conditioning of W and X, which would otherwise be squared. Directions that no other token can
/// see (there are some when n is below d) get a share of the mean. Buffers are made once.
/// </summary>
internal sealed class TokenMetric(Matrix weights, Option<Matrix> value, int tokens, int columns)
{
    // Much less, and a step runs far along directions that hardly show in the loss; much more, and the metric is no metric.
    private const double Floor = 1e-2;

    private readonly int _d = weights.Rows;
    private readonly double[] _w = weights.Values.ToArray();
    private readonly double[] _wt = weights.Transpose().Values.ToArray();
    private readonly double[] _v = value.Match(v => v, () => Matrix.Identity(1)).Values.ToArray();
    private readonly double[] _vvt = value.Match(v => (1.0 / tokens) * (v * v.Transpose()), () => Matrix.Identity(1)).Values.ToArray();
    private readonly double[] _image = new double[weights.Rows * columns];
    private readonly double[] _imageT = new double[weights.Rows * columns];
    private readonly double[] _metric = new double[weights.Rows * weights.Rows];
    private readonly double[] _square = new double[weights.Rows * weights.Rows];
    private readonly double[] _factorT = new double[weights.Rows * weights.Rows];
    private readonly double[] _inverse = new double[weights.Rows * weights.Rows];
    private readonly double[] _inverseT = new double[weights.Rows * weights.Rows];
    private readonly double[] _weights = new double[weights.Rows * weights.Rows];

    /// <summary>L⁻¹ W L⁻ᵀ: the weights that give X̃ the scores that W gives X.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>Takes M and its factor at X, d×columns.</summary>
    public void MoveTo(ReadOnlySpan<double> x)
    {
        System.Array.Clear(_metric);
        if (value.IsSome) TensorPrimitives.Add(_metric, _vvt, _metric);
        AddGram(_w, x);
        AddGram(_wt, x);
        Factorise();
        DenseProduct.Multiply(_inverse, _w, _square, _d, _d, _d);
        DenseProduct.Multiply(_square, _inverseT, _weights, _d, _d, _d);
    }

    /// <summary>LᵀX: states in the coordinates of the metric.</summary>
    public void States(ReadOnlySpan<double> x, Span<double> result, int width) => DenseProduct.Multiply(_factorT, x, result, _d, _d, width);

    /// <summary>L⁻¹G: gradients in them.</summary>
    public void Gradient(ReadOnlySpan<double> g, Span<double> result, int width) => DenseProduct.Multiply(_inverse, g, result, _d, _d, width);

    /// <summary>L⁻ᵀP: a step back from them.</summary>
    public void Step(ReadOnlySpan<double> p, Span<double> result, int width) => DenseProduct.Multiply(_inverseT, p, result, _d, _d, width);

    /// <summary>L⁻¹V: the value weights that give X̃ the outputs that V gives X.</summary>
    public void Value(Span<double> result) => DenseProduct.Multiply(_inverse, _v, result, _d, _d, _d);

    private void AddGram(double[] map, ReadOnlySpan<double> x)
    {
        DenseProduct.Multiply(map, x, _image, _d, _d, columns);
        DenseProduct.Transpose(_image, _imageT, _d, columns);
        DenseProduct.Multiply(_image, _imageT, _square, _d, columns, _d);
        TensorPrimitives.Add(_metric, _square, _metric);
    }

    // The factor goes to _square, its transpose and inverses beside it.
    private void Factorise()
    {
        var trace = 0.0;
        for (var a = 0; a < _d; a++) trace += _metric[a * _d + a];
        var least = trace > 0 ? Floor * trace / _d : 1;
        for (var a = 0; a < _d; a++) _metric[a * _d + a] += least;
        for (var a = 0; a < _d; a++)
            for (var b = 0; b <= a; b++)
            {
                var rest = _metric[a * _d + b] - TensorPrimitives.Dot<double>(_square.AsSpan(a * _d, b), _square.AsSpan(b * _d, b));
                _square[a * _d + b] = a == b ? Math.Sqrt(Math.Max(rest, least)) : rest / _square[b * _d + b];
                _factorT[b * _d + a] = _square[a * _d + b];
            }

        Triangular.Invert(_square, _inverse, _d);
        DenseProduct.Transpose(_inverse, _inverseT, _d, _d);
    }
}
