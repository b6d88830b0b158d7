using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Transformers;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Output;

/// <summary>The residual streams of a sample model that reads a sample's text.</summary>
internal sealed record SimulatedStreams(Checkpoint Checkpoint, Capture Capture, Truth Truth)
{
    public static SimulatedStreams Of(string model, string capture, int tokens)
    {
        var checkpoint = Load.Checkpoint(SamplePaths.Model(model)).Value();
        var ids = Load.Truth(SamplePaths.Capture($"{capture}.truth.json")).Value().Ids.IfNone(Seq<int>()).Take(tokens).Strict();
        var made = Simulate.Streams(checkpoint, ids).Value();
        return new SimulatedStreams(checkpoint, made.Capture, made.Truth);
    }

    public Problem Problem(int layer) => Normalise.Problem(Checkpoint, Capture, layer).Value();

    /// <summary>H, before the norm of a layer.</summary>
    public Matrix Before(int layer)
    {
        var model = Checkpoint.Transformer.Value();
        return States.Entering(model, States.Stream(model, Truth.Ids.IfNone(Seq<int>())).Value(), layer)[layer].Stream;
    }
}
