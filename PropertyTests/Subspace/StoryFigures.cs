using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.Pipeline.Transformers;
using Unmask.PropertyTests.Closed;
using Unmask.PropertyTests.Transformers;
using Xunit;
using Xunit.Abstractions;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Subspaces;

/// <summary>The states of a trained model from the maps of one layer, recomputed from its longest text in double precision and stored as asked.</summary>
public class StoryFigures(ITestOutputHelper output)
{
    // The first four tokens are not determined whole (docs/subspace.md, "What is determined").
    private const int Open = 4;

    [Theory]
    [InlineData(64)]
    [InlineData(96)]
    [InlineData(112)]
    public void EveryLayer(int n)
    {
        if (!Sweep.IsFull) return;
        var sample = Sample.Of("stories260k", "stories260k-n256");
        var states = States.Upto(sample.Transformer, States.Stream(sample.Transformer, sample.Truth.Ids.IfNone(Seq<int>()).Take(n).Strict()).Value(), 4);
        foreach (var (format, most) in new[] { ("f64", 1e-9), ("f32", 1e-5) })
        {
            var (all, middle) = (new List<double>(), new List<double>());
            for (var layer = 0; layer < 5; layer++)
            {
                var problem = FormatFigures.Stored(Draw.Problem(sample.Checkpoint.Layers[layer], states[layer], Observation.Attention), format);
                var (found, split) = (Pipeline.Solvers.Subspace.Solve(problem, SolverOptions.Default).Value().States, TokenSplit.Of(problem.Layer, n).Value());
                all.Add(Error(found, states[layer], Open, n));
                middle.Add(Error(found, states[layer], split.Before, split.Before + split.Middle));
            }

            foreach (var (tokens, row) in new[] { ("solved for first", middle), ("from 4 on", all) })
            {
                output.WriteLine($"| {n} | {format} | {tokens} | {string.Join(" | ", row.Select(error => FormattableString.Invariant($"{error:0.0e+0}")))} |");
                Assert.All(row, error => Assert.True(error <= most, $"{error:e1}"));
            }
        }
    }

    private static double Error(Matrix found, Matrix truth, int from, int end)
    {
        Matrix Some(Matrix x) => Matrix.Create(x.Rows, end - from, (c, t) => x[c, t + from]);
        return Math.Min(Compare.RelativeError(Some(found), Some(truth)), Compare.RelativeError(-1 * Some(found), Some(truth)));
    }
}
