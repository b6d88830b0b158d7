using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens;

/// <summary>The search finds what was there: grouped queries, biases, rotary or learned positions, RMS or layer norm.</summary>
public class TokenSearchTests
{
    [Property(MaxTest = 200)]
    public void Float32_maps_give_every_token_that_is_claimed(int seed)
    {
        var layer = new SyntheticLayer(seed, heads: 4, tokens: 2 + (seed & 7));
        var reading = Read(layer.Observe(Precision.Float32));
        // Four heads of 24 bits say far more than the pair of first tokens needs; a token may only be missed where a tie is admitted.
        foreach (var c in reading.Certificates) Assert.True(c.Id == layer.Text[c.Position] || c.Ties.Contains(layer.Text[c.Position]), $"{c}");
    }

    [Property(MaxTest = 200)]
    public void Float32_scores_give_every_token_that_is_claimed(int seed)
    {
        var layer = new SyntheticLayer(seed, heads: 4, tokens: 1 + (seed & 7));
        var reading = Read(layer.Observe(Precision.Float32, Observation.Scores));
        foreach (var c in reading.Certificates) Assert.True(c.Id == layer.Text[c.Position] || c.Ties.Contains(layer.Text[c.Position]), $"{c}");
    }

    [Fact]
    public void Float32_maps_of_four_heads_are_read_whole_and_surely()
    {
        var cases = Enumerable.Range(0, 100).Select(seed => new SyntheticLayer(seed, heads: 4, tokens: 8)).ToArray();
        var read = cases.Select(c => Read(c.Observe(Precision.Float32))).ToArray();
        Assert.All(read.Zip(cases), pair => Assert.Equal(pair.Item2.Text, pair.Item1.Ids));
        Assert.All(read, r => Assert.True(r.Certificates.ForAll(c => c.Margin > 30 && c.Ties.IsEmpty)));
    }

    [Property(MaxTest = 100)]
    public void States_are_those_of_the_tokens_and_the_fit_is_recognised(int seed)
    {
        var layer = new SyntheticLayer(seed, heads: 4, tokens: 5);
        var estimate = TokenSearch.Solve(layer.Observe(Precision.Float16), SolverOptions.Default).ThrowIfFail();
        var ids = estimate.Tokens.Map(t => t.Ids).IfNone(Seq<int>());
        Assert.Equal(TokenStates.Of(layer.Vocabulary, ids), estimate.States);
        Assert.True(estimate.Solver.Converged);
    }

    [Property(MaxTest = 50)]
    public void The_number_of_threads_changes_nothing(int seed, byte threads)
    {
        var problem = new SyntheticLayer(seed, heads: 1 + (seed & 1), tokens: 6).Observe(Precision.Decimals(2));
        var one = TokenSearch.Solve(problem, SolverOptions.Default, 1).ThrowIfFail();
        var many = TokenSearch.Solve(problem, SolverOptions.Default, 2 + threads % 6).ThrowIfFail();
        Assert.Equal(one.Solver, many.Solver);
        Assert.Equal(one.Tokens, many.Tokens);
    }

    [Fact]
    public void A_cancelled_search_says_so()
    {
        using var source = new CancellationTokenSource();
        var rows = new List<int>();
        var options = SolverOptions.Default with
        {
            Cancellation = source.Token,
            Progress = p =>
            {
                rows.Add(p.Done);
                if (p.Done == 4) source.Cancel();
            },
        };
        var result = TokenSearch.Solve(new SyntheticLayer(1, 2, 12).Observe(Precision.Float32), options);
        Assert.Equal(Faults.Interrupted().Code, result.Match(_ => 0, e => e.Code));
        Assert.Equal([2, 3, 4], rows);
    }

    [Fact]
    public void What_it_cannot_read_is_refused_by_name()
    {
        var problem = new SyntheticLayer(1, 2, 4).Observe(Precision.Float32);
        Problem[] refused =
        [
            problem with { Vocabulary = None },
            problem with { Observation = Observation.Output },
            problem with { Layer = problem.Layer with { Index = 1 } },
        ];
        Assert.All(refused, p => Assert.Equal(110, TokenSearch.Solve(p, SolverOptions.Default).Match(_ => 0, e => e.Code)));
    }

    private static TokenReading Read(Problem problem) =>
        TokenSearch.Solve(problem, SolverOptions.Default).ThrowIfFail().Tokens.IfNone(() => throw new InvalidOperationException());
}
