using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The natural metric of one token's state: M = W X XᵀWᵀ + WᵀX XᵀW (+ VVᵀ for outputs), d×d, the block that the Gauss–Newton matrix of the
/// scores has on its diagonal for every token. derivation.md (14). As preconditioner and as unit of damping it takes out the conditioning
/// of W and X, which would otherwise be squared. Directions that no other token can see (there are some when
/// n is below d) get a share of the mean. Buffers are made once.
/// </summary>
internal sealed class TokenMetric(Matrix weights, Option<Matrix> value, int n)
{
    // Much less, and a step runs far along directions that hardly show in the loss; much more, and the metric is no metric.
    private const double Floor = 1e-2;

    private readonly int _d = weights.Rows;
    private readonly double[] _w = weights.Values.ToArray();
    private readonly double[] _wt = weights.Transpose().Values.ToArray();
    private readonly double[] _vvt = value.Match(v => (1.0 / n) * (v * v.Transpose()), () => Matrix.Identity(1)).Values.ToArray();
    private readonly double[] _image = new double[weights.Rows * n];
    private readonly double[] _metric = new double[weights.Rows * weights.Rows];
    private readonly double[] _factor = new double[weights.Rows * weights.Rows];

    /// <summary>An entry of M itself.</summary>
    public double this[int a, int b] => a >= b ? _metric[a * _d + b] : _metric[b * _d + a];

    /// <summary>Recomputes M and its Cholesky factor at X (d×n).</summary>
    public void MoveTo(ReadOnlySpan<double> x)
    {
        System.Array.Clear(_metric);
        if (value.IsSome) TensorPrimitives.Add(_metric, _vvt, _metric);
        AddGram(_w, x);
        AddGram(_wt, x);
        Factorise();
    }

    /// <summary>z = M⁻¹ r for every token, d×n.</summary>
    public void Solve(ReadOnlySpan<double> r, Span<double> z)
    {
        r.CopyTo(z);
        for (var a = 0; a < _d; a++)
        {
            var row = z.Slice(a * n, n);
            for (var b = 0; b < a; b++) TensorPrimitives.MultiplyAdd(z.Slice(b * n, n), -_factor[a * _d + b], row, row);
            TensorPrimitives.Divide(row, _factor[a * _d + a], row);
        }

        for (var a = _d - 1; a >= 0; a--)
        {
            var row = z.Slice(a * n, n);
            for (var b = a + 1; b < _d; b++) TensorPrimitives.MultiplyAdd(z.Slice(b * n, n), -_factor[b * _d + a], row, row);
            TensorPrimitives.Divide(row, _factor[a * _d + a], row);
        }
    }

    private void AddGram(double[] map, ReadOnlySpan<double> x)
    {
        System.Array.Clear(_image);
        for (var a = 0; a < _d; a++)
        {
            var row = _image.AsSpan(a * n, n);
            for (var b = 0; b < _d; b++) TensorPrimitives.MultiplyAdd(x.Slice(b * n, n), map[a * _d + b], row, row);
        }

        for (var a = 0; a < _d; a++)
            for (var b = 0; b <= a; b++)
                _metric[a * _d + b] += TensorPrimitives.Dot<double>(_image.AsSpan(a * n, n), _image.AsSpan(b * n, n));
    }

    private void Factorise()
    {
        var trace = 0.0;
        for (var a = 0; a < _d; a++) trace += _metric[a * _d + a];
        var least = trace > 0 ? Floor * trace / _d : 1;
        for (var a = 0; a < _d; a++) _metric[a * _d + a] += least;
        for (var a = 0; a < _d; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                var rest = _metric[a * _d + b] - TensorPrimitives.Dot<double>(_factor.AsSpan(a * _d, b), _factor.AsSpan(b * _d, b));
                _factor[a * _d + b] = a == b ? Math.Sqrt(Math.Max(rest, least)) : rest / _factor[b * _d + b];
            }
        }
    }
}
