using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// From F L up to an isometry of W₁₁ to F itself. In the eigenvectors of the cosquare every pair is by itself: rows and columns of the map that K
/// speaks in are two linear equations for F M and the scale dᵢ of the isometry, one for F M alone. docs/output.md (O14), (O15).
/// </summary>
internal sealed class FrontEndTurn
{
    private readonly FrontEndFrame _frame;
    private readonly Cosquare _cosquare;
    private readonly Matrix _inner;
    private readonly Matrix<Complex> _rows, _columns, _rowsKnown, _columnsKnown;

    public FrontEndTurn(FrontEndFrame frame, Cosquare cosquare, Matrix inner)
    {
        (_frame, _cosquare, _inner) = (frame, cosquare, inner);
        var (solver, g, known) = (HouseholderQr.Of(inner.Transpose()), frame.Target.G, frame.K * frame.M);
        _rows = Turned(solver.Solve(frame.L.Transpose() * g * frame.M));
        _columns = Turned(solver.Solve(frame.L.Transpose() * g.Transpose() * frame.M));
        _rowsKnown = Turned(frame.W12 * known);
        _columnsKnown = Turned(frame.W21.Transpose() * known);
    }

    private Matrix<Complex> Vectors => _cosquare.Spectrum.Vectors;

    /// <summary>F, f×n.</summary>
    public Matrix Features()
    {
        var scales = Scales();
        var along = Matrix<Complex>.Build.Dense(_rows.RowCount, _rows.ColumnCount);
        for (var i = 0; i < scales.Length; i++) along.SetRow(_cosquare.Partner[i], Along(i, scales[i]));
        var turned = Matrix<Complex>.Build.DiagonalOfDiagonalArray(scales);
        var ofInner = (Vectors * turned * Vectors.LU().Solve(_inner.ToComplex())).RealPart();
        return ofInner * _frame.L.Transpose() + (Vectors * turned * along).RealPart() * _frame.M.Transpose();
    }

    private Matrix<Complex> Turned(Matrix a) => Vectors.TransposeThisAndMultiply(a.ToComplex());

    // (O14): λᵢ(rows − dᵢ rowsKnown) = columns − dᵢ columnsKnown, over all that is seen from both sides; then partner products of one.
    private Complex[] Scales()
    {
        var first = _frame.Target.Centred ? 1 : 0;
        var scales = new Complex[_rows.RowCount];
        for (var i = 0; i < scales.Length; i++)
        {
            var (value, met, size) = (_cosquare.Spectrum.Values[i], Complex.Zero, 0.0);
            for (var c = first; c < _rows.ColumnCount; c++)
            {
                var (left, right) = (value * _rows[i, c] - _columns[i, c], value * _rowsKnown[i, c] - _columnsKnown[i, c]);
                met += Complex.Conjugate(right) * left;
                size += right.Real * right.Real + right.Imaginary * right.Imaginary;
            }

            scales[i] = met / size;
        }

        return [.. scales.Select((d, i) => d / Complex.Sqrt(d * scales[_cosquare.Partner[i]]) is var scale && Complex.IsFinite(scale) ? scale : Complex.One)];
    }

    // (O15), both equations weighted by what they know; of the mean of F, which a centred row does not show, the columns alone.
    private Complex[] Along(int i, Complex scale)
    {
        var (weight, value) = (_cosquare.Weight[i], _cosquare.Spectrum.Values[i]);
        var share = 1 / (1 + value.Magnitude * value.Magnitude);
        return [.. Enumerable.Range(0, _rows.ColumnCount).Select(c =>
        {
            var fromRows = (_rows[i, c] - scale * _rowsKnown[i, c]) / weight;
            var fromColumns = (_columns[i, c] - scale * _columnsKnown[i, c]) / (value * weight);
            return c == 0 && _frame.Target.Centred ? fromColumns : share * fromRows + (1 - share) * fromColumns;
        })];
    }
}
