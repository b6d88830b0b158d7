using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// One head's output beside its map: r = P_h XᵀV_h − Y_h, with P_h as observed, so that it is linear in X; row i has one weight.
/// docs/identifiability.md (N7). Buffers are made once.
/// </summary>
internal sealed class OutputTerm : Term
{
    private readonly PaddedMatrix<double> _map, _value, _valueTransposed, _observed, _carried, _residual, _image;
    private readonly double[] _weight;
    private readonly MatrixProduct<double> _product = MatrixProducts.CreateDouble(threads: 1);

    /// <param name="map">P_h, n×n.</param>
    /// <param name="value">V_h, d×d_v.</param>
    /// <param name="observed">Y_h, n×d_v.</param>
    /// <param name="weight">1/σ_i², length n.</param>
    public OutputTerm(Matrix map, Matrix value, Matrix observed, double[] weight)
    {
        var (n, d, width) = (map.Rows, value.Rows, value.Columns);
        (_map, _value, _valueTransposed, _observed) = (new(n, n), new(d, width), new(width, d), new(n, width));
        (_carried, _residual, _image) = (new(n, width), new(n, width), new(n, width));
        (_weight, Value) = (weight, value);
        _map.Set(map.Values);
        _value.Set(value.Values);
        _valueTransposed.SetTransposed(_value);
        _observed.Set(observed.Values);
        Gram = Gramian(map, weight);
    }

    /// <summary>V_h, d×d_v.</summary>
    public Matrix Value { get; }

    /// <summary>PᵀwP, n×n: block (j, l) of JᵀWJ is its entry times VVᵀ.</summary>
    public Matrix Gram { get; }

    public override double MoveTo(PaddedMatrix<double> x)
    {
        Apply(x, _residual);
        TensorPrimitives.Subtract(_residual.Padded, _observed.Padded, _residual.Padded);
        var chiSquare = 0.0;
        for (var i = 0; i < _weight.Length; i++) chiSquare += _weight[i] * TensorPrimitives.SumOfSquares<double>(_residual.Row(i));
        return 0.5 * chiSquare;
    }

    public override void Gradient(PaddedMatrix<double> result) => Pull(_residual, result);

    public override void Product(PaddedMatrix<double> direction, PaddedMatrix<double> result)
    {
        Apply(direction, _image);
        Pull(_image, result);
    }

    public override IEnumerable<double[]> Factor(int token) =>
        from c in Enumerable.Range(0, Value.Columns)
        select Enumerable.Range(0, Value.Rows).Select(a => Math.Sqrt(Gram[token, token]) * Value[a, c]).ToArray();

    private static Matrix Gramian(Matrix map, double[] weight) =>
        map.Transpose() * Matrix.Create(map.Rows, map.Columns, (i, j) => weight[i] * map[i, j]);

    private void Apply(PaddedMatrix<double> x, PaddedMatrix<double> target)
    {
        _product.Multiply(x, _value, _carried);
        _product.Multiply(_map, _carried, target);
    }

    private void Pull(PaddedMatrix<double> image, PaddedMatrix<double> result)
    {
        for (var i = 0; i < _weight.Length; i++) TensorPrimitives.Multiply(image.Row(i), _weight[i], _image.Row(i));
        _product.MultiplyTransposed(_map, _image, _carried);
        _product.Multiply(_carried, _valueTransposed, result);
    }
}
