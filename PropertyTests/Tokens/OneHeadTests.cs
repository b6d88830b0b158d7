using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;

namespace Unmask.PropertyTests.Tokens;

/// <summary>A capture may hold some heads only: the layer then has no others.</summary>
public class OneHeadTests
{
    [Theory]
    [InlineData("stories260k", "walk")]
    [InlineData("bert-mini-shakespeare", "walk")]
    [InlineData("gpt2-basic", "any")]
    public void Every_head_alone_gives_what_it_claims_and_float32_gives_nearly_all(string model, string kind)
    {
        var texts = new SampleTexts(model);
        var text = kind == "any" ? texts.Uniform(3, 24) : texts.Walk(3, 24);
        foreach (var precision in new[] { Precision.Float32, Precision.Float16 })
        {
            var problem = texts.Observe(text, precision);
            for (var h = 0; h < problem.Layer.Heads.Count; h++)
            {
                var one = problem with
                {
                    Layer = problem.Layer with { Heads = problem.Layer.Heads.Skip(h).Take(1).Strict() },
                    Observed = problem.Observed.Skip(h).Take(1).Strict(),
                };
                var certificates = TokenSearch.Solve(one, SolverOptions.Default).Value().Tokens
                    .Match(reading => reading.Certificates, () => Seq<Certificate>.Empty);
                Assert.All(certificates, c => Assert.True(c.Id == text[c.Position] || c.Margin < 10, $"{precision} head {h}: {c}"));
                // A pair of first tokens has V² rivals and one number; whatever comes after it is 24 bits an entry.
                if (precision == Precision.Float32)
                    Assert.True(certificates.Count(c => c.Id != text[c.Position]) <= 2, $"head {h}: {certificates}");
            }
        }
    }
}
