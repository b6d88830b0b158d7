using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>A curvature of which only products are known, as a whole matrix: read column by column once a point, whatever dampings are tried there.</summary>
internal sealed class ColumnCurvature(NewtonStep.Product curvature, int size)
{
    private readonly double[] _unit = new double[size];
    private readonly double[] _row = new double[size];
    private readonly double[] _matrix = GC.AllocateUninitializedArray<double>(size * size);
    private bool _read;

    public void Forget() => _read = false;

    /// <summary>The upper triangle of −(A + λI).</summary>
    public void Write(UpperStrips target, double damping)
    {
        if (!_read) Read();
        for (var k = 0; k < size; k++)
        {
            var row = _row.AsSpan(k);
            TensorPrimitives.Negate(_matrix.AsSpan(k * size + k, size - k), row);
            row[0] -= damping;
            target.SetRow(k, row);
        }
    }

    private void Read()
    {
        for (var k = 0; k < size; k++)
        {
            _unit[k] = 1;
            curvature(_unit, _matrix.AsSpan(k * size, size));
            _unit[k] = 0;
        }

        _read = true;
    }
}
