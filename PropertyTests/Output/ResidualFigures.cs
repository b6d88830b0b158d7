using System.Diagnostics;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Output;

/// <summary>Every layer of the samples from its residual stream in float32: states without a vocabulary, and tokens.</summary>
public class ResidualFigures(ITestOutputHelper output)
{
    [Theory]
    [InlineData("stories260k", "stories260k-n96", 96)]
    [InlineData("gpt2-basic", "gpt2-basic-n64", 64)]
    public void EveryLayer(string model, string capture, int tokens)
    {
        var made = SimulatedStreams.Of(model, capture, Sweep.IsFull ? tokens : 12);
        for (var layer = 0; layer < made.Checkpoint.Layers.Count; layer++)
        {
            if (!Sweep.IsFull && layer > 1) continue;
            var problem = made.Problem(layer);
            var clock = Stopwatch.StartNew();
            var states = ResidualStream.Solve(problem, SolverOptions.Default).Value();
            var solved = clock.Elapsed.TotalSeconds;
            var verdict = Verify.Against(problem)(states).Value();
            var judged = clock.Elapsed.TotalSeconds - solved;
            var x = Compare.RelativeError(states.States, made.Truth.States[layer]);
            var h = Compare.RelativeError(states.Explaining, made.Before(layer));
            clock.Restart();
            var read = TokenSearch.Solve(problem, SolverOptions.Default).Bind(Verify.Against(problem)).Value();
            var ids = read.Estimate.Tokens.Map(reading => reading.Ids);
            var least = read.Estimate.Tokens.Map(reading => reading.Certificates.Min(one => one.Margin)).IfNone(0);
            output.WriteLine(FormattableString.Invariant(
                $"| {model} {layer} | {problem.Dims.N} | {verdict.Kind} | {x:0.0e+0} | {h:0.0e+0} | {verdict.Identifiability.Resolution.Map(one => one.Error).IfNone(0):0.0e+0} | {states.Solver.Iterations} | {solved:0.0} s | {judged:0.0} s | {ids == made.Truth.Ids} | {least:0.0e+0} | {read.Estimate.Solver.Loss:0.0e+0} | {clock.Elapsed.TotalSeconds:0.0} s | {verdict.Identifiability.Reason} {states.Ambiguous.Count}"));
        }
    }
}
