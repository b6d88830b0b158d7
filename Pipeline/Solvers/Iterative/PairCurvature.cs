using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The Gauss–Newton matrix of unmasked scores, or of their centred rows, from its structure: with Q = WX (centred) and U = WᵀX the block of
/// coordinates a and b is a multiple of the identity, one of the centring and two dyads. derivation.md (17). Only linear algebra over Q and U;
/// the tests hold it against the kernel's products. Buffers are made once.
/// </summary>
internal sealed unsafe class PairCurvature(int d, int tokens, bool centred, MatrixProduct<double> product)
{
    private readonly PaddedMatrix<double> _q = new(d, tokens);
    private readonly PaddedMatrix<double> _u = new(d, tokens);
    private readonly PaddedMatrix<double> _turned = new(tokens, d);
    private readonly PaddedMatrix<double> _qq = new(d, d);
    private readonly PaddedMatrix<double> _uu = new(d, d);
    private readonly double[] _row = new double[d * tokens + Vector<double>.Count];
    private readonly double[] _unit = new double[tokens + Vector<double>.Count];

    /// <summary>Takes Q and U at weights W, d×d, and states X, d×tokens.</summary>
    public void MoveTo(PaddedMatrix<double> weights, PaddedMatrix<double> x)
    {
        product.Multiply(weights, x, _q);
        product.MultiplyTransposed(weights, x, _u);
        if (centred)
            for (var a = 0; a < d; a++) TensorPrimitives.Subtract(_q.Row(a), TensorPrimitives.Sum<double>(_q.Row(a)) / tokens, _q.Row(a));
        Gram(_q, _qq);
        Gram(_u, _uu);
    }

    /// <summary>QQᵀ + UUᵀ, d×d: the whole curvature of what is orthogonal to the states' span.</summary>
    public void Orthogonal(PaddedMatrix<double> block) => TensorPrimitives.Add(_qq.Padded, _uu.Padded, block.Padded);

    /// <summary>The upper triangle of −(A + λI), rows and columns in the order of a d×tokens direction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(UpperStrips target, double damping)
    {
        fixed (double* row = _row, unit = _unit)
        {
            for (var a = 0; a < d; a++)
                for (var i = 0; i < tokens; i++)
                {
                    unit[i] = 1;
                    Row(a, i, damping, unit, row);
                    unit[i] = 0;
                    target.SetRow(a * tokens + i, _row.AsSpan(i, (d - a) * tokens - i));
                }
        }
    }

    // Blocks (a, b ≥ a) of one row. Each ends with whole vectors, which the next one overwrites. The multiple of the identity is added as one
    // of a unit vector: an entry that is changed in what was just stored would be waited for.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(int a, int i, double damping, double* unit, double* row)
    {
        double* q = _q.View.Start + i, u = _u.View.Start + i, qa = _q.View.At(a), ua = _u.View.At(a), qq = _qq.View.At(a), uu = _uu.View.At(a);
        nint stride = _q.Stride, width = Vector<double>.Count, count = tokens;
        var share = centred ? 1.0 / tokens : 0;
        for (nint b = a; b < d; b++, row += count)
        {
            var (left, right, mean) = (new Vector<double>(-u[b * stride]), new Vector<double>(-q[b * stride]), new Vector<double>(share * uu[b]));
            var own = new Vector<double>(-qq[b] - uu[b] - (b == a ? damping : 0));
            for (nint j = 0; j < count; j += width)
            {
                var sum = Vector.MultiplyAddEstimate(own, *(Vector<double>*)(unit + j), mean);
                sum = Vector.MultiplyAddEstimate(left, *(Vector<double>*)(qa + j), sum);
                *(Vector<double>*)(row + j) = Vector.MultiplyAddEstimate(right, *(Vector<double>*)(ua + j), sum);
            }
        }
    }

    private void Gram(PaddedMatrix<double> a, PaddedMatrix<double> gram)
    {
        _turned.SetTransposed(a);
        product.Multiply(a, _turned, gram);
    }
}
