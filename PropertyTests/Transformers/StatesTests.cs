using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Transformers;
using Xunit;

namespace Unmask.PropertyTests.Transformers;

/// <summary>The forward pass of every sample model against what was captured of it: states and maps of every layer.</summary>
public class StatesTests
{
    // All of it was computed in float64 and rounded once, but for nano-sort, which its authors computed in float32.
    [Theory]
    [InlineData("stories260k", "stories260k-n24", 1)]
    [InlineData("stories260k", "stories260k-n96", 1)]
    [InlineData("stories260k", "stories260k-n256", 1)]
    [InlineData("gpt2-basic", "gpt2-basic-n64", 1)]
    [InlineData("nano-sort", "nano-sort-recorded-0", 8)]
    [InlineData("nano-sort", "nano-sort-recorded-1", 8)]
    [InlineData("nano-sort", "nano-sort-recorded-2", 8)]
    [InlineData("bert-mini-shakespeare", "bert-mini-n50", 1)]
    public void Tokens_run_forward_give_the_states_and_maps_of_every_layer(string model, string capture, double roundings)
    {
        var sample = Sample.Of(model, capture);
        sample.Agrees(States.Stream(sample.Transformer, sample.Truth.Ids.IfNone(default(Seq<int>))).Value(), roundings);
    }

    // These models come without embeddings: what entered layer 0 is known, rounded to float32, which moves the others by a few such roundings.
    [Theory]
    [InlineData("bert-tiny-sst2", "bert-tiny-n17")]
    [InlineData("bert-tiny-sst2", "bert-tiny-n21")]
    [InlineData("bert-tiny-sst2", "bert-tiny-n27")]
    [InlineData("kwt1", "kwt1-yes")]
    [InlineData("kwt1", "kwt1-no")]
    [InlineData("kwt1", "kwt1-noise")]
    [InlineData("kwt1", "kwt1-silence")]
    public void States_of_layer_0_run_forward_give_those_of_the_others(string model, string capture)
    {
        var sample = Sample.Of(model, capture);
        sample.Agrees(sample.Truth.States[0], 8);
    }

    [Theory]
    [InlineData("kwt1-yes")]
    [InlineData("kwt1-no")]
    [InlineData("kwt1-noise")]
    [InlineData("kwt1-silence")]
    public void Features_run_forward_give_the_states_and_maps_of_every_layer(string capture)
    {
        var sample = Sample.Of("kwt1", capture);
        var features = Load.Matrix(SamplePaths.Capture($"{capture}.truth.safetensors"), "features").Value();
        var front = sample.Checkpoint.FrontEnd.Map(make => make(features.Rows + 1)).IfNone(() => throw new InvalidOperationException());
        var columns = Matrix.Create(features.Columns, features.Rows + 1, (f, i) => i == 0 ? 0 : features[i - 1, f]);
        sample.Agrees(front.Projection * columns + front.Offset, 8);
    }
}
