using LanguageExt;
using Unmask.Pipeline;
using Unmask.PropertyTests.Closed;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Verdicts;

/// <summary>Layers of several heads, drawn at random.</summary>
internal static class ManyHeads
{
    public static AttentionLayer Layer(
        int d, int heads, int width, Mask mask, int seed, bool queryBias = false, bool keyBias = false, Option<Rotary> rotary = default)
    {
        var random = new Random(seed);
        var drawn = Enumerable.Range(0, heads).Select(_ => new Head(
            Draw.Gaussian(random, d, width), Draw.Gaussian(random, d, width),
            queryBias ? Some(Vector(random, width)) : None, keyBias ? Some(Vector(random, width)) : None));
        return new AttentionLayer(0, d, drawn.ToSeq().Strict(), mask, 0.5 / Math.Sqrt(d), rotary);
    }

    public static Problem Problem(AttentionLayer layer, int n, int seed, Observation observation = Observation.Attention) =>
        Draw.Problem(layer, States(layer, n, seed), observation);

    public static Matrix States(AttentionLayer layer, int n, int seed) => Draw.Gaussian(new Random(seed + 77), layer.D, n);

    private static Seq<double> Vector(Random random, int length) =>
        Enumerable.Range(0, length).Select(_ => Draw.Normal(random)).ToSeq().Strict();
}
