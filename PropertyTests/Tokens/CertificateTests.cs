using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens;

/// <summary>A certificate may be modest, but a wrong token must not carry a large one.</summary>
public class CertificateTests
{
    [Fact]
    public void Wrong_tokens_have_small_margins_in_every_format()
    {
        Precision[] formats = [Precision.Float16, Precision.BFloat16, Precision.Decimals(3), Precision.Decimals(2), Precision.Decimals(1)];
        var (sure, wrong, surelyWrong) = (0, 0, 0);
        for (var seed = 0; seed < 300; seed++)
        {
            var layer = new SyntheticLayer(seed, heads: 1 + seed % 3, tokens: 2 + seed % 9);
            foreach (var c in Read(layer.Observe(formats[seed % formats.Length])).Certificates)
            {
                var right = c.Id == layer.Text[c.Position];
                if (!right) wrong++;
                if (c.Margin > 10) sure++;
                if (!right && c.Margin > 10) surelyWrong++;
            }
        }

        // The cases hold enough mistakes, and enough sure tokens, for the claim to mean something. Odds of e¹⁰ leave none.
        Assert.True(wrong > 100 && sure > 500, $"{wrong} wrong, {sure} sure");
        Assert.Equal(0, surelyWrong);
    }

    [Property(MaxTest = 100)]
    public void Tokens_with_equal_embeddings_are_ties_and_never_sure(int seed)
    {
        var layer = new SyntheticLayer(seed, heads: 4, tokens: 6);
        var e = layer.Vocabulary.Embedding;
        var (twin, original) = (e.Rows - 1, layer.Text[3]);
        var doubled = new SyntheticLayer(seed, heads: 4, tokens: 6)
        {
            Vocabulary = layer.Vocabulary with { Embedding = Matrix.Create(e.Rows, e.Columns, (v, c) => e[v == twin ? original : v, c]) },
        };
        var certificate = Read(doubled.Observe(Precision.Float32)).Certificates[3];
        Assert.Equal(0, twin == original ? 0 : certificate.Margin);
        Assert.Contains(original, certificate.Ties.Add(certificate.Id));
        Assert.Contains(twin, certificate.Ties.Add(certificate.Id));
    }

    [Fact]
    public void One_row_of_attention_says_nothing()
    {
        var layer = new SyntheticLayer(5, heads: 2, tokens: 1);
        var certificate = Assert.Single(Read(layer.Observe(Precision.Float32)).Certificates);
        Assert.Equal(0, certificate.Margin);
        Assert.Equal(layer.Vocabulary.Size - 1, certificate.Ties.Count);
    }

    [Fact]
    public void Maps_of_another_model_do_not_converge_and_are_not_sure()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var (layer, other) = (new SyntheticLayer(seed, 4, 10), new SyntheticLayer(seed + 1000, 4, 10));
            var problem = layer.Observe(Precision.Float32) with { Observed = other.Observe(Precision.Float32).Observed };
            var estimate = TokenSearch.Solve(problem, SolverOptions.Default).ThrowIfFail();
            Assert.False(estimate.Solver.Converged);
            Assert.True(estimate.Tokens.Map(t => t.Certificates.ForAll(c => c.Margin < 50)).IfNone(false));
        }
    }

    private static TokenReading Read(Problem problem) =>
        TokenSearch.Solve(problem, SolverOptions.Default).ThrowIfFail().Tokens.IfNone(() => throw new InvalidOperationException());
}
