using Unmask.Pipeline;
using Unmask.Pipeline.Transformers;
using Xunit;

namespace Unmask.PropertyTests.Transformers;

/// <summary>A sample model, a capture of it and the truth beside it.</summary>
internal sealed record Sample(Checkpoint Checkpoint, Transformer Transformer, Capture Capture, Truth Truth)
{
    public static Sample Of(string model, string capture)
    {
        var checkpoint = Load.Checkpoint(SamplePaths.Model(model)).Value();
        var maps = new[] { "safetensors", "npz" }.Select(extension => SamplePaths.Capture($"{capture}.{extension}")).First(File.Exists);
        return new Sample(
            checkpoint, checkpoint.Transformer.Value(), Load.Capture(maps).Value(), Load.Truth(SamplePaths.Capture($"{capture}.truth.json")).Value());
    }

    /// <summary>
    /// States and maps of every captured layer, from the stream before the first block, are those captured within so many float32 roundings of
    /// the largest of them.
    /// </summary>
    public void Agrees(Matrix stream, double roundings)
    {
        var states = States.Upto(Transformer, stream, Transformer.Blocks.Count - 1);
        foreach (var (layer, truth) in Truth.States) Near(truth, states[layer], roundings, $"states {layer}");
        foreach (var captured in Capture.Layers)
            foreach (var (head, map) in Checkpoint.Layers[captured.Layer].Heads.Zip(captured.Attention))
                Near(map, Forward.Attention(Checkpoint.Layers[captured.Layer], head, states[captured.Layer]), roundings, $"map {captured.Layer}");
    }

    private static void Near(Matrix expected, Matrix actual, double roundings, string what)
    {
        var (error, allowed) = ((actual - expected).MaxNorm(), roundings * Precision.Float32.RoundingError(expected.MaxNorm()));
        Assert.True(error <= allowed, $"{what}: {error}, {allowed} allowed");
    }
}
