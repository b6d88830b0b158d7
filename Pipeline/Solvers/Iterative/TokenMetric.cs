using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The natural metric of one token's state: M = W X XᵀWᵀ + WᵀX XᵀW (+ VVᵀ for outputs), d×d, the block that the Gauss–Newton matrix of the
/// scores has on its diagonal for every token. derivation.md (13). As preconditioner and as unit of damping it takes out the conditioning
/// of W and X, which would otherwise be squared. Buffers are made once.
/// </summary>
internal sealed class TokenMetric(Matrix weights, Option<Matrix> value, int n)
{
    // Relative to the largest diagonal entry: keeps the factorisation of a singular M going without changing a usable one.
    private const double Floor = 1e-13;

    private readonly int _d = weights.Rows;
    private readonly double[] _w = weights.Values.ToArray();
    private readonly double[] _wt = weights.Transpose().Values.ToArray();
    private readonly double[] _vvt = value.Match(v => (1.0 / n) * (v * v.Transpose()), () => Matrix.Identity(1)).Values.ToArray();
    private readonly double[] _image = new double[weights.Rows * n];
    private readonly double[] _factor = new double[weights.Rows * weights.Rows];

    /// <summary>Recomputes M and its Cholesky factor at X (d×n).</summary>
    public void MoveTo(ReadOnlySpan<double> x)
    {
        System.Array.Clear(_factor);
        if (value.IsSome) TensorPrimitives.Add(_factor, _vvt, _factor);
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
                _factor[a * _d + b] += TensorPrimitives.Dot<double>(_image.AsSpan(a * n, n), _image.AsSpan(b * n, n));
    }

    private void Factorise()
    {
        var largest = 0.0;
        for (var a = 0; a < _d; a++) largest = Math.Max(largest, _factor[a * _d + a]);
        for (var a = 0; a < _d; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                var rest = _factor[a * _d + b] - TensorPrimitives.Dot<double>(_factor.AsSpan(a * _d, b), _factor.AsSpan(b * _d, b));
                _factor[a * _d + b] = a == b ? Math.Sqrt(Math.Max(rest, Floor * largest)) : rest / _factor[b * _d + b];
            }

            if (_factor[a * _d + a] == 0) _factor[a * _d + a] = 1;
        }
    }
}
