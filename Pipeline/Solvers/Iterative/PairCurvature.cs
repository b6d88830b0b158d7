using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The Gauss–Newton matrix of unmasked scores, or of their centred rows, from its structure: with Q = WX (centred) and U = WᵀX the block of
/// coordinates a and b is a multiple of the identity, one of the centring and two dyads. derivation.md (17). Only linear algebra over Q and U;
/// the tests hold it against the kernel's products. Buffers are made once.
/// </summary>
internal sealed class PairCurvature(int d, int tokens, bool centred)
{
    // The dyads of a row of blocks: QU, UQ, and the centring's.
    private const int Terms = 3;

    private readonly double[] _q = new double[d * tokens];
    private readonly double[] _u = new double[d * tokens];
    private readonly double[] _turned = new double[d * tokens];
    private readonly double[] _weights = new double[d * d];
    private readonly double[] _qq = new double[d * d];
    private readonly double[] _uu = new double[d * d];
    private readonly double[] _left = new double[d * Terms];
    private readonly double[] _right = new double[Terms * tokens];

    /// <summary>Takes Q and U at weights W and states X.</summary>
    public void MoveTo(ReadOnlySpan<double> weights, ReadOnlySpan<double> x)
    {
        DenseProduct.Multiply(weights, x, _q, d, d, tokens);
        DenseProduct.Transpose(weights, _weights, d, d);
        DenseProduct.Multiply(_weights, x, _u, d, d, tokens);
        if (centred)
            for (var a = 0; a < d; a++)
            {
                var row = _q.AsSpan(a * tokens, tokens);
                TensorPrimitives.Subtract(row, TensorPrimitives.Sum<double>(row) / tokens, row);
            }

        Gram(_q, _qq);
        Gram(_u, _uu);
    }

    /// <summary>QQᵀ + UUᵀ: the whole curvature of what is orthogonal to the states' span.</summary>
    public void Orthogonal(Span<double> block) => TensorPrimitives.Add(_qq, _uu, block);

    /// <summary>The lower triangle of the matrix, rows and columns in the order of a d×tokens direction.</summary>
    public void Assemble(double[] matrix)
    {
        var size = d * tokens;
        _right.AsSpan(2 * tokens).Fill(centred ? -1.0 / tokens : 0);
        for (var a = 0; a < d; a++)
        {
            _q.AsSpan(a * tokens, tokens).CopyTo(_right);
            _u.AsSpan(a * tokens, tokens).CopyTo(_right.AsSpan(tokens));
            for (var i = 0; i < tokens; i++)
            {
                for (var b = 0; b <= a; b++)
                    (_left[b * Terms], _left[b * Terms + 1], _left[b * Terms + 2]) = (_u[b * tokens + i], _q[b * tokens + i], _uu[a * d + b]);
                var row = matrix.AsSpan((a * tokens + i) * size, (a + 1) * tokens);
                DenseProduct.Multiply(_left, _right, row, a + 1, Terms, tokens);
                for (var b = 0; b <= a; b++) row[b * tokens + i] += _qq[a * d + b] + _uu[a * d + b];
            }
        }
    }

    private void Gram(double[] a, double[] gram)
    {
        DenseProduct.Transpose(a, _turned, d, tokens);
        DenseProduct.Multiply(a, _turned, gram, d, tokens, d);
    }
}
