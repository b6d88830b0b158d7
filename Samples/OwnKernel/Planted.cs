using LanguageExt;
using Unmask.Pipeline;
using static LanguageExt.Prelude;

namespace OwnKernel;

/// <summary>A problem made from states that are known: random weights, random tokens, and the attention map they give.</summary>
public sealed record Planted(Fin<Problem> Problem, Matrix Truth)
{
    public static Planted Of(int d, int n, int seed)
    {
        var random = new Random(seed);
        var scale = 1 / Math.Sqrt(d);
        var head = Head.OfProduct(Normal(random, d, d, scale));
        var truth = Normal(random, d, n, 1);
        var map = Forward.Attention(new AttentionLayer(0, d, Seq1(head), Mask.None, scale, None), head, truth);
        var weights = new Weights("planted weights", d, Seq1(head), None);
        var target = new Target("planted map", "attention", Seq1(map), Precision.Float64);
        return new Planted(Normalise.Matrices(weights, target, Observation.Attention, Mask.None, scale, None), truth);
    }

    /// <summary>The truth with every entry moved by a tenth of a typical one.</summary>
    public Matrix Near(int seed) => Truth + Normal(new Random(seed), Truth.Rows, Truth.Columns, 0.1);

    private static Matrix Normal(Random random, int rows, int columns, double scale) => Matrix.Create(rows, columns, (_, _) =>
        scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
