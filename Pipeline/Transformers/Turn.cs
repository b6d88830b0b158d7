namespace Unmask.Pipeline.Transformers;

/// <summary>The rotation of one position, its sines taken once for all heads and rows that stand there.</summary>
internal sealed class Turn
{
    private readonly Rotary _rotary;
    private readonly (double Sin, double Cos)[] _angles;

    private Turn(Rotary rotary, int position) =>
        (_rotary, _angles) = (rotary, [.. rotary.Frequencies.Map(frequency => Math.SinCos(position * frequency))]);

    public static Option<Turn> At(Option<Rotary> rotary, int position) => rotary.Map(one => new Turn(one, position));

    /// <summary>Turns the queries and keys of one projected row.</summary>
    public void Apply(AttentionWeights weights, Span<double> projected)
    {
        for (var slot = 0; slot < weights.Heads + weights.GroupCount; slot++) Apply(projected.Slice(slot * weights.Slot, weights.Slot));
    }

    private void Apply(Span<double> vector)
    {
        for (var c = 0; c < _angles.Length; c++)
        {
            var (first, second) = _rotary.Pair(c);
            var (a, b) = (vector[first], vector[second]);
            vector[first] = a * _angles[c].Cos - b * _angles[c].Sin;
            vector[second] = b * _angles[c].Cos + a * _angles[c].Sin;
        }
    }
}
