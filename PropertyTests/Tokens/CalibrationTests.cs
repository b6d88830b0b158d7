using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Tokens;

/// <summary>Real models: what is read is right, and what is wrong is never sure. A thousand tokens of each kind on request, two texts otherwise.</summary>
public class CalibrationTests(ITestOutputHelper output)
{
    // The margin from which a verdict calls a token recovered.
    private const double Sure = 10;

    private static readonly bool Full = Sweep.IsFull;

    [Theory]
    [InlineData("gpt2-basic", "f32")]
    [InlineData("gpt2-basic", "f16")]
    [InlineData("gpt2-basic", "decimals:3")]
    [InlineData("gpt2-basic", "decimals:2")]
    [InlineData("bert-mini-shakespeare", "f32")]
    [InlineData("bert-mini-shakespeare", "f16")]
    [InlineData("bert-mini-shakespeare", "bf16")]
    [InlineData("bert-mini-shakespeare", "decimals:4")]
    [InlineData("bert-mini-shakespeare", "decimals:3")]
    [InlineData("bert-mini-shakespeare", "decimals:2")]
    public void Any_tokens_are_read(string model, string format) => Assert.True(Tally(model, "any", format, 32).AllRight);

    [Theory]
    [InlineData("f32")]
    [InlineData("f16")]
    [InlineData("bf16")]
    [InlineData("decimals:4")]
    [InlineData("decimals:3")]
    [InlineData("decimals:2")]
    [InlineData("decimals:1")]
    public void Trained_tokens_are_read(string format) => Assert.True(Tally("stories260k", "walk", format, 48).AllRight);

    // Half of this vocabulary was never trained: hundreds of tokens with nearly the same state.
    [Theory]
    [InlineData("f16")]
    [InlineData("bf16")]
    [InlineData("decimals:4")]
    [InlineData("decimals:3")]
    public void Untrained_tokens_are_not_claimed(string format) => Tally("stories260k", "any", format, 48);

    [Theory]
    [InlineData("gpt2-basic", 32)]
    [InlineData("bert-mini-shakespeare", 32)]
    public void One_decimal_is_not_claimed(string model, int length) => Tally(model, "any", "decimals:1", length);

    private Tallied Tally(string model, string kind, string format, int length)
    {
        var texts = new SampleTexts(model);
        var count = Full ? (1000 + length - 1) / length : 2;
        var tally = new Tallied(0, 0, 0, 0, 0);
        for (var seed = 0; seed < count; seed++)
        {
            var text = kind == "any" ? texts.Uniform(seed, length) : texts.Walk(seed, length);
            var estimate = TokenSearch.Solve(texts.Observe(text, Formats[format]), SolverOptions.Default).Value();
            foreach (var certificate in estimate.Tokens.Map(reading => reading.Certificates).IfNone(LanguageExt.Seq<Certificate>.Empty))
                tally = tally.With(certificate, text[certificate.Position]);
        }

        output.WriteLine(FormattableString.Invariant(
            $"| {model} | {kind} | {format} | {tally.Right} of {tally.Tokens} | {tally.Sure} | {tally.SurelyWrong} | {tally.WorstWrong:0.##} |"));
        Assert.Equal(0, tally.SurelyWrong);
        return tally;
    }

    private static Dictionary<string, Precision> Formats { get; } = new[]
    {
        Precision.Float32, Precision.Float16, Precision.BFloat16,
        Precision.Decimals(4), Precision.Decimals(3), Precision.Decimals(2), Precision.Decimals(1),
    }.ToDictionary(precision => precision.Name);

    private sealed record Tallied(int Tokens, int Right, int Sure, int SurelyWrong, double WorstWrong)
    {
        public bool AllRight => Right == Tokens;

        public Tallied With(Certificate certificate, int truth)
        {
            var (right, sure) = (certificate.Id == truth, certificate.Margin >= CalibrationTests.Sure);
            return new Tallied(
                Tokens + 1, Right + (right ? 1 : 0), Sure + (sure ? 1 : 0), SurelyWrong + (sure && !right ? 1 : 0),
                right ? WorstWrong : Math.Max(WorstWrong, certificate.Margin));
        }
    }
}
