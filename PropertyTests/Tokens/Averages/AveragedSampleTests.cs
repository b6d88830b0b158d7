using System.Diagnostics;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Unmask.PropertyTests.Captures;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens.Averages;

/// <summary>Shipped captures of real models, with the mean over heads in place of the maps, through the whole pipeline.</summary>
public class AveragedSampleTests(ITestOutputHelper output)
{
    // The margin from which a verdict calls a token recovered.
    private const double Sure = 10;

    [Theory]
    [InlineData("stories260k", "stories260k-n24", "f32")]
    [InlineData("stories260k", "stories260k-n96", "f32")]
    [InlineData("stories260k", "stories260k-n96", "f16")]
    [InlineData("stories260k", "stories260k-n96", "bf16")]
    [InlineData("stories260k", "stories260k-n96", "decimals:4")]
    [InlineData("stories260k", "stories260k-n96", "decimals:3")]
    [InlineData("stories260k", "stories260k-n96-fp16", "f16")]
    [InlineData("stories260k", "stories260k-n96-bf16", "bf16")]
    [InlineData("gpt2-basic", "gpt2-basic-n64", "f32")]
    public void The_text_is_read(string model, string capture, string format) =>
        Assert.Equal(0, Wrong(model, capture, p => SyntheticLayer.Store(Formats[format], p), None, format));

    // Thousands of first pairs fit one number of these: half a minute each.
    [Theory]
    [InlineData("stories260k", "stories260k-n96", "decimals:2")]
    [InlineData("gpt2-basic", "gpt2-basic-n64", "f16")]
    [InlineData("gpt2-basic", "gpt2-basic-n64", "decimals:4")]
    [InlineData("gpt2-basic", "gpt2-basic-n64", "decimals:3")]
    public void The_text_is_read_from_coarse_means_as_well(string model, string capture, string format)
    {
        if (Sweep.IsFull) Assert.Equal(0, Wrong(model, capture, p => SyntheticLayer.Store(Formats[format], p), None, format));
    }

    // Rounded to decimals and then averaged, a mean looks finer than it is: the user says what it was.
    [Theory]
    [InlineData("decimals:4")]
    [InlineData("decimals:3")]
    public void Decimals_that_were_averaged_are_read_at_what_they_were(string format) =>
        Assert.Equal(0, Wrong("stories260k", "stories260k-n96", p => p, Formats[format], format));

    [Fact]
    public void One_decimal_claims_nothing_wrong()
    {
        if (Sweep.IsFull) Wrong("stories260k", "stories260k-n24", p => SyntheticLayer.Store(Precision.Decimals(1), p), None, "decimals:1");
    }

    private int Wrong(string model, string capture, Func<double, double> store, Option<Precision> before, string format)
    {
        using var folder = new TemporaryFolder();
        var heads = Load.Capture(SamplePaths.Capture($"{capture}.safetensors")).Value().Layers.Head.Attention
            .Map(map => map.Map(p => before.Match(known => SyntheticLayer.Store(known, p), () => p))).Strict();
        TensorFile.Save(folder.File("a.safetensors"), Seq1(Saved.Map("attentions.0.mean", MeanMaps.Of(heads).Map(store)))).Value();
        var clock = Stopwatch.StartNew();
        var recovery = Recover.Model(
            SamplePaths.Model(model), folder.File("a.safetensors"), new Selection(None, None, before), Invert.Auto(SolverOptions.Default)).Value();
        var seconds = clock.Elapsed.TotalSeconds;
        var truth = Load.Truth(SamplePaths.Capture($"{capture}.truth.json")).Value().Ids.IfNone(Seq<int>());
        var certificates = recovery.Verdict.Estimate.Tokens.Match(reading => reading.Certificates, () => Seq<Certificate>());
        var wrong = certificates.Filter(c => c.Id != truth[c.Position]).Strict();
        var (sure, least, worst) = (certificates.Count(c => c.Margin >= Sure), certificates.Map(c => c.Margin).Min(), wrong.Map(c => c.Margin).Append(0).Max());
        var stored = format + (before.IsSome ? ", then averaged" : "");
        output.WriteLine(FormattableString.Invariant(
            $"| {capture} | {stored} | {truth.Count - wrong.Count} of {truth.Count} | {sure} | {least:0.#} | {worst:0.#} | {seconds:0} |"));
        Assert.Equal(format, recovery.Problem.Precision.Name);
        Assert.All(wrong, c => Assert.True(c.Margin < Sure, $"{c}"));
        Assert.Equal(truth.Count, certificates.Count);
        return wrong.Count;
    }

    private static Dictionary<string, Precision> Formats { get; } = new[]
    {
        Precision.Float32, Precision.Float16, Precision.BFloat16, Precision.Decimals(4), Precision.Decimals(3), Precision.Decimals(2),
    }.ToDictionary(precision => precision.Name);
}
