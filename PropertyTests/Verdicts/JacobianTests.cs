using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Verdicts;
using Unmask.PropertyTests.Closed;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Verdicts;

/// <summary>The written-out Jacobian against central differences of the layer itself.</summary>
public class JacobianTests
{
    [Theory]
    [InlineData(Observation.Scores, Mask.None)]
    [InlineData(Observation.Scores, Mask.Causal)]
    [InlineData(Observation.Attention, Mask.None)]
    [InlineData(Observation.Attention, Mask.Causal)]
    [InlineData(Observation.Output, Mask.None)]
    [InlineData(Observation.Output, Mask.Causal)]
    public void ItIsTheDerivative(Observation observation, Mask mask)
    {
        var layer = ManyHeads.Layer(6, 2, 4, mask, 8, queryBias: true, keyBias: true, rotary: Rotary.Of(100, 4));
        var (x, u) = (ManyHeads.States(layer, 5, 1), ManyHeads.States(layer, 5, 2));
        var value = Draw.Gaussian(new Random(3), 6, 6);
        var problem = Draw.Problem(layer, x, observation) with { Value = Some(value) };
        // Central differences: h² truncation and 1e-16/h rounding balance near h = 1e-5.
        const double h = 1e-5;
        for (var head = 0; head < 2; head++)
        {
            var (ahead, behind) = (Observe(problem, head, x + h * u), Observe(problem, head, x - h * u));
            var rows = Jacobian.Block(problem, head, x);
            Assert.Equal(ahead.Length, rows.Length);
            for (var k = 0; k < rows.Length; k++)
            {
                var along = Enumerable.Range(0, 30).Sum(c => rows[k][c] * u[c % 6, c / 6]);
                Assert.Equal((ahead[k] - behind[k]) / (2 * h), along, 1e-7);
            }
        }
    }

    private static double[] Observe(Problem problem, int index, Matrix x)
    {
        var (layer, head) = (problem.Layer, problem.Layer.Heads[index]);
        var visible = from i in Enumerable.Range(0, x.Columns)
                      select Enumerable.Range(0, layer.Mask == Mask.Causal ? i + 1 : x.Columns).ToArray() into row
                      select row;
        if (problem.Observation == Observation.Output)
        {
            var y = Forward.Attention(layer, head, x) * x.Transpose() * problem.Value.IfNone(() => throw new InvalidOperationException());
            return [.. from i in Enumerable.Range(0, x.Columns) from c in Enumerable.Range(3 * index, 3) select y[i, c]];
        }

        var scores = Forward.Scores(layer, head, x);
        return [.. visible.SelectMany((row, i) => problem.Observation == Observation.Scores
            ? row.Select(j => scores[i, j])
            : row.Select(j => scores[i, j] - row.Average(k => scores[i, k])))];
    }
}
