using System.Diagnostics;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens;

/// <summary>All pairs of first tokens of a large vocabulary, and of that of GPT-2 on request.</summary>
public class LargeVocabularyTests(ITestOutputHelper output)
{
    private static readonly bool Full = Sweep.IsFull;

    [Theory]
    [InlineData(64, Mask.Causal, false)]
    [InlineData(128, Mask.Causal, true)]
    [InlineData(64, Mask.None, true)]
    public void Every_token_is_found_among_all(int d, Mask mask, bool learned)
    {
        var (size, tokens) = Full ? (50_257, 32) : (4_000, 8);
        foreach (var precision in new[] { Precision.Float32, Precision.BFloat16, Precision.Decimals(3) })
        {
            var (problem, text) = Draw(size, d, tokens, mask, learned, precision);
            var clock = Stopwatch.StartNew();
            var estimate = TokenSearch.Solve(problem, SolverOptions.Default).Value();
            output.WriteLine(FormattableString.Invariant(
                $"| {size} | {d} | {mask} | {precision} | {clock.Elapsed.TotalSeconds:0.0} | {Process.GetCurrentProcess().PeakWorkingSet64 / 1e9:0.0} |"));
            Assert.Equal(Some(text), estimate.Tokens.Map(reading => reading.Ids));
            Assert.True(estimate.Tokens.Match(reading => reading.Certificates.ForAll(c => c.Margin >= 10), () => false));
        }
    }

    // Eight heads side by side fill d; scores have a spread of a few units.
    private static (Problem Problem, Seq<int> Text) Draw(int size, int d, int tokens, Mask mask, bool learned, Precision precision)
    {
        var random = new Random(d);
        var width = d / 8;
        Matrix Normal(int rows, int columns, double spread) => Matrix.Create(rows, columns, (_, _) =>
            spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        var heads = Range(0, 8).Map(_ => Head.Of(Normal(d, width, 1.5 / Math.Sqrt(d)), Normal(d, width, 1.5 / Math.Sqrt(d)))).ToSeq().Strict();
        var layer = new AttentionLayer(0, d, heads, mask, 1 / Math.Sqrt(width), None);
        var (gain, bias) = (Range(0, d).Map(_ => 1.0).ToSeq().Strict(), Range(0, d).Map(_ => 0.0).ToSeq().Strict());
        var vocabulary = new Vocabulary(
            Normal(size, d, 1), learned ? Some(Normal(tokens, d, 0.3)) : None, new Norm.Layer(gain, bias, 1e-5));
        var text = Range(0, tokens).Map(_ => random.Next(size)).ToSeq().Strict();
        var x = TokenStates.Of(vocabulary, text);
        var maps = heads.Map(head => Forward.Attention(layer, head, x).Map(p => SyntheticLayer.Store(precision, p))).Strict();
        return (new Problem("large", layer, Dims.Of(d, tokens).Value(), Observation.Attention, maps, precision, None, vocabulary), text);
    }
}
