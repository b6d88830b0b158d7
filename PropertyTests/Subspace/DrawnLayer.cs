using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Closed;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Subspaces;

/// <summary>A layer of several heads drawn at random: W normal/√d, X normal, s = 1/√d_h, biases of half the size of a key.</summary>
public sealed record DrawnLayer(int D, int Heads, int Width, int Seed)
{
    /// <summary>How many heads share a key.</summary>
    public int Sharing { get; init; } = 1;

    public Mask Mask { get; init; }

    public bool QueryBias { get; init; }

    public bool KeyBias { get; init; }

    public Option<RotaryPairs> Rotary { get; init; }

    public AttentionLayer Layer()
    {
        var random = new Random(Seed);
        Matrix Weights() => (1 / Math.Sqrt(D)) * Draw.Gaussian(random, D, Width);
        Option<Seq<double>> Bias(bool has) => has ? Some(toSeq((0.5 * Draw.Gaussian(random, Width, 1)).Values.ToArray())) : None;
        var keys = Enumerable.Range(0, Heads / Sharing).Select(_ => (Weights(), Bias(KeyBias))).ToArray();
        var heads = Enumerable.Range(0, Heads).Select(h => new Head(Weights(), keys[h / Sharing].Item1, Bias(QueryBias), keys[h / Sharing].Item2));
        return new AttentionLayer(0, D, toSeq(heads.ToArray()), Mask, 1 / Math.Sqrt(Width), Rotary.Map(pairs => Unmask.Pipeline.Rotary.Of(10_000, Width, pairs)));
    }

    public Matrix States(int n) => Draw.Gaussian(new Random(Seed + 77), D, n);

    public Problem Problem(int n, Observation observation = Observation.Attention) => Draw.Problem(Layer(), States(n), observation);

    /// <summary>The least number of tokens for which the method is meant.</summary>
    public int LeastTokens()
    {
        for (var n = 1; ; n++)
            if (TokenSplit.Of(Layer(), n).IsSucc) return n;
    }

    /// <summary>Whether the scores tell X from its mirror image: with positions and a bias, or with biases that no shift of X explains.</summary>
    public bool SignIsSeen => Rotary.IsSome && (QueryBias || KeyBias);

    /// <summary>‖X̂ − X‖/‖X‖, after the sign (about the shift that hides the query biases) where that is not determined.</summary>
    public double Error(Matrix found, Matrix truth)
    {
        var mirrored = SignIsSeen ? found : UnbiasedLayer.Of(Layer()).Mirror(found);
        return Math.Min(Compare.RelativeError(found, truth), Compare.RelativeError(mirrored, truth));
    }

    public override string ToString() => $"d={D} heads={Heads}/{Heads / Sharing} of {Width} {Mask} rotary={Rotary} biases={QueryBias},{KeyBias} seed={Seed}";
}
