using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens;

/// <summary>Tokens behind maps without a mask, the first one known or not.</summary>
public class TwoSidedSearchTests
{
    [Property(MaxTest = 200)]
    public void Float32_maps_give_every_token_that_is_claimed(int seed, bool known)
    {
        var layer = Layer(seed, heads: 4, tokens: 2 + (seed & 7));
        Claims(layer, Read(Observe(layer, Precision.Float32, known)));
    }

    [Property(MaxTest = 100)]
    public void Float32_scores_give_every_token_that_is_claimed(int seed, bool known)
    {
        var layer = Layer(seed, heads: 4, tokens: 1 + (seed & 7));
        Claims(layer, Read(Observe(layer, Precision.Float32, known, Observation.Scores)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Float32_maps_of_four_heads_are_read_whole_and_surely(bool known)
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var layer = Layer(seed, heads: 4, tokens: 8);
            var reading = Read(Observe(layer, Precision.Float32, known));
            Assert.Equal(layer.Text, reading.Ids);
            Assert.True(reading.Certificates.ForAll(c => c.Margin > 30 && c.Ties.IsEmpty));
        }
    }

    [Fact]
    public void Wrong_tokens_have_small_margins_in_every_format()
    {
        Precision[] formats = [Precision.Float16, Precision.BFloat16, Precision.Decimals(3), Precision.Decimals(2), Precision.Decimals(1)];
        var (sure, wrong, surelyWrong) = (0, 0, 0);
        for (var seed = 0; seed < 300; seed++)
        {
            var layer = Layer(seed, heads: 1 + seed % 3, tokens: 2 + seed % 9);
            foreach (var c in Read(Observe(layer, formats[seed % formats.Length], seed % 2 == 0)).Certificates.Filter(c => c.Margin < double.MaxValue))
            {
                var right = c.Id == layer.Text[c.Position];
                if (!right) wrong++;
                if (c.Margin > 10) sure++;
                if (!right && c.Margin > 10) surelyWrong++;
            }
        }

        Assert.True(wrong > 100 && sure > 500, $"{wrong} wrong, {sure} sure");
        Assert.Equal(0, surelyWrong);
    }

    [Property(MaxTest = 50)]
    public void The_number_of_threads_changes_nothing(int seed, byte threads)
    {
        var problem = Observe(Layer(seed, heads: 1 + (seed & 1), tokens: 6), Precision.Decimals(2), (seed & 2) == 0);
        var one = TokenSearch.Solve(problem, SolverOptions.Default, 1).ThrowIfFail();
        var many = TokenSearch.Solve(problem, SolverOptions.Default, 2 + threads % 6).ThrowIfFail();
        Assert.Equal(one.Solver, many.Solver);
        Assert.Equal(one.Tokens, many.Tokens);
    }

    [Fact]
    public void A_known_token_stays_and_helps_a_causal_search_too()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var layer = new SyntheticLayer(seed, heads: 2, tokens: 6);
            for (var position = 0; position < 6; position++)
            {
                var reading = Read(layer.Observe(Precision.BFloat16) with { KnownTokens = Map((position, layer.Text[position])) });
                Assert.Equal(new Certificate(position, layer.Text[position], double.MaxValue, Seq<int>()), reading.Certificates[position]);
                Assert.True(reading.Certificates.ForAll(c => c.Margin < 10 || c.Id == layer.Text[c.Position]));
            }
        }
    }

    private static SyntheticLayer Layer(int seed, int heads, int tokens) => new(seed, heads, tokens, Mask.None);

    private static Problem Observe(SyntheticLayer layer, Precision precision, bool known, Observation observation = Observation.Attention) =>
        layer.Observe(precision, observation) with { KnownTokens = known ? Map((0, layer.Text[0])) : Map<int, int>() };

    private static void Claims(SyntheticLayer layer, TokenReading reading)
    {
        foreach (var c in reading.Certificates)
            Assert.True(c.Id == layer.Text[c.Position] || c.Ties.Contains(layer.Text[c.Position]), $"{c}");
    }

    private static TokenReading Read(Problem problem) =>
        TokenSearch.Solve(problem, SolverOptions.Default).ThrowIfFail().Tokens.IfNone(() => throw new InvalidOperationException());
}
