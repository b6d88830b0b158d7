using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens.Averages;

/// <summary>Random layers whose heads were averaged: grouped queries, biases, rotary or learned positions, RMS or layer norm.</summary>
public class AveragedSearchTests
{
    [Property(MaxTest = 100)]
    public void Float32_means_give_every_token_that_is_claimed(int seed)
    {
        var layer = new SyntheticLayer(seed, heads: 2 + (seed & 2), tokens: 2 + (seed & 7));
        foreach (var c in Read(layer.Observe(Precision.Float64).Averaged(Precision.Float32)).Certificates)
            Assert.True(c.Id == layer.Text[c.Position] || c.Margin < 10, $"{c}");
    }

    [Property(MaxTest = 60)]
    public void What_coarse_means_claim_is_so(int seed, byte format)
    {
        var precision = new[] { Precision.Float16, Precision.BFloat16, Precision.Decimals(3), Precision.Decimals(2) }[format % 4];
        var layer = new SyntheticLayer(seed, heads: 4, tokens: 3 + (seed & 7));
        foreach (var c in Read(layer.Observe(Precision.Float64).Averaged(precision)).Certificates)
            Assert.True(c.Id == layer.Text[c.Position] || c.Margin < 10, $"{precision}: {c}");
    }

    [Fact]
    public void Float32_means_of_eight_tokens_are_read_whole()
    {
        var cases = Enumerable.Range(0, 50).Select(seed => new SyntheticLayer(seed, heads: 4, tokens: 8)).ToArray();
        Assert.All(cases, c => Assert.Equal(c.Text, Read(c.Observe(Precision.Float64).Averaged(Precision.Float32)).Ids));
    }

    [Property(MaxTest = 20)]
    public void A_known_first_token_and_the_number_of_threads(int seed, byte threads)
    {
        var layer = new SyntheticLayer(seed, heads: 4, tokens: 6);
        var problem = layer.Observe(Precision.Float64).Averaged(Precision.Float16) with { KnownTokens = Map((0, layer.Text[0])) };
        var one = TokenSearch.Solve(problem, SolverOptions.Default, 1).ThrowIfFail();
        var many = TokenSearch.Solve(problem, SolverOptions.Default, 2 + threads % 6).ThrowIfFail();
        Assert.Equal((one.Solver, one.Tokens), (many.Solver, many.Tokens));
        Assert.Equal(layer.Text[0], one.Tokens.Map(t => t.Ids[0]).IfNone(-1));
    }

    [Fact]
    public void Equal_heads_lose_nothing()
    {
        var layer = new SyntheticLayer(3, heads: 1, tokens: 6);
        var one = layer.Observe(Precision.Float32);
        var twice = one with { Layer = one.Layer with { Heads = one.Layer.Heads + one.Layer.Heads }, Averaged = true };
        Assert.Equal(Read(one).Ids, Read(twice).Ids);
    }

    private static TokenReading Read(Problem problem) =>
        TokenSearch.Solve(problem, SolverOptions.Default).ThrowIfFail().Tokens.IfNone(() => throw new InvalidOperationException());
}
