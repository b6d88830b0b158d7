using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Unmask.Pipeline;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Closed;

public enum Form
{
    Generic,
    Symmetric,
}

/// <summary>A one-head problem drawn at random: sizes and a seed, so a counterexample shrinks to the smallest sizes that fail.</summary>
public sealed record OneHead(int D, int N, int Seed)
{
    public AttentionLayer Layer(Form form) =>
        new(0, D, Seq1(Head.OfProduct(Weights(form))), Mask.None, 1 / Math.Sqrt(D), None);

    public Matrix Truth() => Draw.Gaussian(new Random(Seed), D, N);

    public Problem Problem(Observation observation, Form form) =>
        Draw.Problem(Layer(form), Truth(), observation);

    public override string ToString() => $"d={D}, n={N}, seed={Seed}";

    private Matrix Weights(Form form)
    {
        var w = (1 / Math.Sqrt(D)) * Draw.Gaussian(new Random(Seed + 1), D, D);
        return form == Form.Generic ? w : 0.5 * (w + w.Transpose());
    }
}

public static class Draw
{
    public static Matrix Gaussian(Random random, int rows, int columns) =>
        Matrix.Create(rows, columns, (_, _) => Normal(random));

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static Problem Problem(AttentionLayer layer, Matrix truth, Observation observation) => new(
        "drawn", layer, Dims.Of(layer.D, truth.Columns).ThrowIfFail(), observation,
        layer.Heads.Map(head => observation == Observation.Scores
            ? Forward.Scores(layer, head, truth)
            : Forward.Attention(layer, head, truth)).Strict(),
        Precision.Float64, None, None);
}

public static class Arbitraries
{
    public static Arbitrary<OneHead> OneHeads() => Arb.From(
        from d in Gen.Choose(2, 12)
        from extra in Gen.Choose(1, 10)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new OneHead(d, d + extra, seed),
        Smaller);

    private static IEnumerable<OneHead> Smaller(OneHead drawn)
    {
        if (drawn.N > drawn.D + 1) yield return drawn with { N = drawn.N - 1 };
        if (drawn.D > 2) yield return drawn with { D = drawn.D - 1, N = drawn.N - 1 };
        if (drawn.Seed > 0) yield return drawn with { Seed = drawn.Seed / 2 };
    }
}
