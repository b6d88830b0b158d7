using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Fewer tokens that span what the states span: T, n×r with orthonormal columns, such that X = (XT)Tᵀ and, where rows are centred,
/// T 1/√r = 1/√n, so that centring over r tokens is what centring over n tokens was. derivation.md (18). Buffers are made once.
/// </summary>
internal sealed class TokenBasis(int d, int n, bool centred, MatrixProduct<double> product)
{
    // Rows of the states that are shorter than this, once what the others span is taken off, are rounding.
    private const double Dependent = 1e-10;

    private readonly PaddedMatrix<double> _rows = new(CountFor(d, centred), n);
    private readonly PaddedMatrix<double> _columns = new(n, CountFor(d, centred));
    private readonly double[] _along = new double[n];
    private readonly double[] _dots = new double[CountFor(d, centred)];

    /// <summary>r: d, and one more where the constant row has to be in the span.</summary>
    public int Count => CountFor(d, centred);

    /// <summary>How many tokens suffice at width d.</summary>
    public static int CountFor(int d, bool centred) => centred ? d + 1 : d;

    /// <summary>Takes the basis at X, d×n.</summary>
    public void MoveTo(PaddedMatrix<double> x)
    {
        var first = Count - d;
        if (centred) Row(0).Fill(1 / Math.Sqrt(n));
        for (var a = 0; a < d; a++)
        {
            var row = Row(first + a);
            x.Row(a).CopyTo(row);
            if (Orthogonalise(row, first + a)) continue;

            // X has not full rank: any direction completes the basis, and among n > r unit vectors one is far enough from its span.
            for (var j = 0; ; j++)
            {
                row.Clear();
                row[j] = 1;
                if (Orthogonalise(row, first + a, 0.5 / Math.Sqrt(n))) break;
            }
        }

        if (centred) Turn();
        _columns.SetTransposed(_rows);
    }

    /// <summary>A T: from n tokens to r.</summary>
    public void Compress(PaddedMatrix<double> a, PaddedMatrix<double> result) => product.Multiply(a, _columns, result);

    /// <summary>A Tᵀ: from r tokens to n.</summary>
    public void Expand(PaddedMatrix<double> a, PaddedMatrix<double> result) => product.Multiply(a, _rows, result);

    private Span<double> Row(int a) => _rows.Row(a);

    // Twice, as once leaves what the first cancellation brought up.
    private bool Orthogonalise(Span<double> row, int before, double least = Dependent)
    {
        var length = TensorPrimitives.Norm<double>(row);
        if (!(length > 0)) return false;
        for (var pass = 0; pass < 2; pass++)
        {
            TakeOff(row, before);
            var rest = TensorPrimitives.Norm<double>(row);
            if (!(rest > (pass == 0 ? least : 0.5) * length)) return false;
            TensorPrimitives.Divide(row, rest, row);
            length = 1;
        }

        return true;
    }

    // What the rows before it span, all dots first: classical Gram and Schmidt, which repeated is as good as any.
    private unsafe void TakeOff(Span<double> row, int before)
    {
        fixed (double* x = row, along = _dots)
        {
            var b = 0;
            for (; b + 4 <= before; b += 4) RowQuad.Dot(_rows, b, 0, x, along + b);
            for (var k = b; k < before; k++) along[k] = TensorPrimitives.Dot<double>(Row(k), row);
            for (var k = 0; k < b; k += 4) RowQuad.TakeOff(_rows, k, 0, along + k, x);
            for (; b < before; b++) TensorPrimitives.MultiplyAdd(Row(b), -along[b], row, row);
        }
    }

    // The reflection that takes the first unit vector to 1/√r, applied to the rows.
    private void Turn()
    {
        var (rest, r) = (1 / Math.Sqrt(Count), Count);
        System.Array.Clear(_along);
        for (var a = 0; a < r; a++) TensorPrimitives.MultiplyAdd(Row(a), (a == 0 ? 1 : 0) - rest, _along, _along);
        var half = 1 - rest; // vᵀv/2 of v = e₁ − 1/√r
        for (var a = 0; a < r; a++) TensorPrimitives.MultiplyAdd(_along, -((a == 0 ? 1 : 0) - rest) / half, Row(a), Row(a));
    }
}
