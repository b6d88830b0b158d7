using System.Numerics.Tensors;
using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline;

/// <summary>
/// How a norm moves with what it is taken of: N′(h)u = g ∘ r(ū − z·(z·ū)/d), z = N(h) without gain and bias, r what h is divided by, ū = u for RMSNorm
/// and u less its mean for LayerNorm. docs/output.md (O19).
/// </summary>
internal sealed class NormDerivative
{
    private readonly Norm _norm;
    private readonly double[] _gain;
    private readonly double[] _unit;
    private readonly double _rate;

    /// <param name="norm">The norm.</param>
    /// <param name="h">Where, d×1.</param>
    public NormDerivative(Norm norm, Matrix h)
    {
        var ones = toSeq(Enumerable.Repeat(1.0, h.Rows)).Strict();
        (double[] Gain, Norm Plain, double Epsilon) parts = norm switch
        {
            Norm.Rms rms => ([.. rms.Gain], rms with { Gain = ones }, rms.Epsilon),
            Norm.Layer layer => ([.. layer.Gain], layer with { Gain = ones, Bias = ones.Map(_ => 0.0).Strict() }, layer.Epsilon),
            _ => ([], norm, 0),
        };
        (_norm, _gain, _unit) = (norm, parts.Gain, new double[h.Rows]);
        Norms.Apply(parts.Plain, h.Values, _unit);
        // z = r h̄: at h̄ = 0 the norm is h̄/√ε.
        var centred = Centred(h.Values.ToArray());
        var length = TensorPrimitives.Norm<double>(centred);
        _rate = length > 0 ? TensorPrimitives.Norm<double>(_unit) / length : 1 / Math.Sqrt(parts.Epsilon);
    }

    /// <summary>N′(h) times every row of <paramref name="directions"/>, m×d.</summary>
    public Matrix Along(Matrix directions)
    {
        if (_norm is Norm.Identity) return directions;
        var moved = directions.Values.ToArray();
        for (var m = 0; m < directions.Rows; m++)
        {
            var row = Centred(moved.AsSpan(m * directions.Columns, directions.Columns));
            TensorPrimitives.MultiplyAdd(_unit, -TensorPrimitives.Dot<double>(_unit, row) / row.Length, row, row);
            TensorPrimitives.Multiply(row, _rate, row);
            TensorPrimitives.Multiply(row, _gain, row);
        }

        return Matrix.Own(directions.Rows, directions.Columns, moved);
    }

    private Span<double> Centred(Span<double> row)
    {
        if (_norm is Norm.Layer) TensorPrimitives.Subtract(row, TensorPrimitives.Sum<double>(row) / row.Length, row);
        return row;
    }
}
