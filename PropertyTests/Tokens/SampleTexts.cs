using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.Pipeline.Transformers;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens;

/// <summary>Texts for a shipped model, and what its first layer makes of them.</summary>
internal sealed class SampleTexts
{
    private readonly int[][] _shipped;
    private readonly ILookup<int, int> _next;

    public SampleTexts(string model)
    {
        // bert-mini-n50 is a capture of bert-mini-shakespeare.
        var truths = $"{model.Replace("-shakespeare", "")}-n*.truth.json";
        Checkpoint = Load.Checkpoint(SamplePaths.Model(model)).Value();
        _shipped = [.. Directory.GetFiles(SamplePaths.Capture(""), truths).Order(StringComparer.Ordinal)
            .Select(path => Load.Truth(path).Value().Ids.IfNone(Seq<int>()).ToArray())];
        _next = _shipped.SelectMany(text => text.Skip(1).Select((token, i) => (Before: text[i], Token: token))).ToLookup(pair => pair.Before, pair => pair.Token);
    }

    public Checkpoint Checkpoint { get; }

    /// <summary>Any token with the same chance, trained or not.</summary>
    public Seq<int> Uniform(int seed, int length)
    {
        var random = new Random(seed);
        var size = Checkpoint.Vocabulary.Map(vocabulary => vocabulary.Size).IfNone(0);
        return toSeq(Enumerable.Range(0, length).Select(_ => random.Next(size)).ToArray());
    }

    /// <summary>From each token to one that follows it somewhere in the shipped texts: what the model was trained on, in new orders.</summary>
    public Seq<int> Walk(int seed, int length)
    {
        var random = new Random(seed);
        var text = new int[length];
        for (var i = 0; i < length; i++)
        {
            var next = i == 0 ? [] : _next[text[i - 1]].ToArray();
            text[i] = next.Length > 0 ? next[random.Next(next.Length)] : _shipped[random.Next(_shipped.Length)][0];
        }

        return toSeq(text);
    }

    /// <summary>The maps of a later layer, likewise; no token is known.</summary>
    public Problem Observe(Seq<int> text, Precision precision, int layer)
    {
        var model = Checkpoint.Transformer.Value();
        var x = States.At(model, States.Stream(model, text).Value(), layer);
        var maps = Checkpoint.Layers[layer].Heads.Map(head =>
            Forward.Attention(Checkpoint.Layers[layer], head, x).Map(p => SyntheticLayer.Store(precision, p))).Strict();
        return new Problem(
            Checkpoint.Name, Checkpoint.Layers[layer], Dims.Of(model.D, text.Count).Value(), Observation.Attention, maps, precision, None, None)
        {
            Model = Some(() => Checkpoint.Transformer),
        };
    }

    /// <summary>The maps of layer 0, in double and rounded once.</summary>
    public Problem Observe(Seq<int> text, Precision precision)
    {
        var (layer, vocabulary) = (Checkpoint.Layers[0], Checkpoint.Vocabulary);
        var x = TokenStates.Of(vocabulary.IfNone(() => throw new InvalidOperationException()), text);
        var maps = layer.Heads.Map(head => Forward.Attention(layer, head, x).Map(p => SyntheticLayer.Store(precision, p))).Strict();
        return new Problem(
            Checkpoint.Name, layer, Dims.Of(layer.D, text.Count).Value(), Observation.Attention, maps, precision, None, vocabulary);
    }
}
