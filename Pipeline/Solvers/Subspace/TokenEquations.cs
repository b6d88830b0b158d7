using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Weighted linear equations for one state x (length d), compressed as they come: those of one head as a query or as a key by a QR of their own.
/// </summary>
internal sealed class TokenEquations(int d)
{
    // Directions that nothing determines are not left to the rounding of the others.
    private const double Floor = 1e-10;

    private readonly List<double[]> _rows = [];

    /// <summary>
    /// Equations that hold up to one constant: each less their mean by weight, times the root of its own. The mean comes back, and Σ weights.
    /// </summary>
    public static (double[] Mean, double Weight) Centre(IReadOnlyList<double[]> rows, IReadOnlyList<double> weights, int length)
    {
        var (mean, sum) = (new double[length], weights.Sum());
        for (var k = 0; k < rows.Count; k++) TensorPrimitives.MultiplyAdd(rows[k], weights[k] / sum, mean, mean);
        for (var k = 0; k < rows.Count; k++)
        {
            TensorPrimitives.Subtract(rows[k], mean, rows[k]);
            TensorPrimitives.Multiply(rows[k], Math.Sqrt(weights[k]), rows[k]);
        }

        return (mean, sum);
    }

    /// <summary>
    /// Adds rows (f, g) with f·z = g for z = Mx, M r×d: docs/subspace.md (S12). Rows have r + 1 entries.
    /// </summary>
    public void Add(List<double[]> rows, Matrix m)
    {
        if (rows.Count == 0) return;
        var (r, d1) = (m.Rows, m.Columns + 1);
        // More rows than columns for the QR: zeros say nothing.
        var stacked = new double[Math.Max(rows.Count, r + 1) * (r + 1)];
        for (var k = 0; k < rows.Count; k++) rows[k].CopyTo(stacked, k * (r + 1));
        var triangle = HouseholderQr.Of(Matrix.Own(stacked.Length / (r + 1), r + 1, stacked)).R();
        for (var p = 0; p < r; p++)
        {
            var row = new double[d1];
            for (var q = p; q < r; q++) TensorPrimitives.MultiplyAdd(m.Row(q), triangle[p, q], row.AsSpan(0, d1 - 1), row.AsSpan(0, d1 - 1));
            row[^1] = triangle[p, r];
            _rows.Add(row);
        }
    }

    /// <summary>Adds one row (f, g) with f·x = g, of d + 1 entries, by its weight.</summary>
    public void Add(double[] row, double weight)
    {
        TensorPrimitives.Multiply(row, weight, row);
        _rows.Add(row);
    }

    /// <summary>The state that fits best; a state is expected of this size, which decides where the equations do not.</summary>
    public double[] Solve(double size)
    {
        var most = _rows.Count == 0 ? 1 : _rows.Max(row => TensorPrimitives.Norm(row.AsSpan(0, d)));
        var prior = Math.Max(1 / size, Floor * most);
        var all = new double[(_rows.Count + d) * d];
        var right = new double[_rows.Count + d];
        for (var k = 0; k < _rows.Count; k++)
        {
            _rows[k].AsSpan(0, d).CopyTo(all.AsSpan(k * d));
            right[k] = _rows[k][d];
        }

        for (var c = 0; c < d; c++) all[(_rows.Count + c) * d + c] = prior;
        return HouseholderQr.Of(Matrix.Own(right.Length, d, all)).Solve(Matrix.Own(right.Length, 1, right)).Values.ToArray();
    }
}
