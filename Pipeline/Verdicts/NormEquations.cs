using System.Numerics.Tensors;

namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// What every output of a norm satisfies, gain and bias taken off: z = (x − β)/γ has mean square at most one, since ε only shortens it, and after a
/// LayerNorm mean zero. docs/identifiability.md (N15).
/// </summary>
internal sealed class NormEquations
{
    private readonly double[] _gain, _bias;
    private readonly bool _centred;

    private NormEquations(double[] gain, double[] bias, bool centred) => (_gain, _bias, _centred) = (gain, bias, centred);

    /// <summary>Equations of a token.</summary>
    public int Count => _centred ? 2 : 1;

    /// <summary>Those of the norm before the layer; none where there is none, or where a gain of zero hides what it normed.</summary>
    public static Option<NormEquations> Of(AttentionLayer layer) => layer.Norm
        .Bind(norm => norm switch
        {
            Norm.Layer { Gain: var gain, Bias: var bias } => Some(new NormEquations([.. gain], [.. bias], true)),
            Norm.Rms { Gain: var gain } => Some(new NormEquations([.. gain], new double[gain.Count], false)),
            _ => Option<NormEquations>.None,
        })
        .Filter(equations => !equations._gain.Contains(0));

    /// <summary>z of one token, length d, from its state.</summary>
    public double[] Undo(ReadOnlySpan<double> x)
    {
        var z = new double[x.Length];
        TensorPrimitives.Subtract(x, _bias, z);
        TensorPrimitives.Divide(z, _gain, z);
        return z;
    }

    /// <summary>By how much z misses the equations: its mean, and what its mean square is above one or below <paramref name="least"/>.</summary>
    public NormResidual Residual(ReadOnlySpan<double> z, double least)
    {
        var square = TensorPrimitives.SumOfSquares(z) / z.Length;
        return new(_centred ? TensorPrimitives.Sum(z) / z.Length : 0, Math.Max(Math.Max(0, square - 1), least - square));
    }

    /// <summary>How mean and mean square of z move with x, to first order.</summary>
    public NormResidual Change(ReadOnlySpan<double> z, ReadOnlySpan<double> move)
    {
        var (mean, square) = (0.0, 0.0);
        for (var c = 0; c < z.Length; c++)
        {
            var along = move[c] / _gain[c];
            (mean, square) = (mean + along, square + 2 * z[c] * along);
        }

        return new(mean / z.Length, square / z.Length);
    }

    /// <summary>The most that rounding of x and z by a unit each makes of either.</summary>
    public NormResidual Rounding(ReadOnlySpan<double> z, ReadOnlySpan<double> x, double unit)
    {
        var (mean, square) = (0.0, 0.0);
        for (var c = 0; c < z.Length; c++)
        {
            var off = unit * (1 + Math.Abs(x[c] / _gain[c]));
            (mean, square) = (mean + off, square + 2 * Math.Abs(z[c]) * off);
        }

        return new(mean / z.Length, square / z.Length);
    }
}

/// <summary>One number for each equation of a token.</summary>
internal readonly record struct NormResidual(double Mean, double Square)
{
    public NormResidual Squared() => new(Mean * Mean, Square * Square);

    public NormResidual Plus(NormResidual other, double share) => new(Mean + share * other.Mean, Square + share * other.Square);
}
