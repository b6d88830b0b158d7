using System.Diagnostics;
using System.Text.Json;
using Unmask.Kernels.Measurement;
using Xunit;

namespace Unmask.PropertyTests.Cli;

/// <summary>What `kernels --bench` says, and that it ends. How fast anything is is not tested: machines differ, and so do their neighbours.</summary>
public class KernelBenchTests
{
    [Fact]
    public void Times_are_written_as_documented()
    {
        var run = CommandRun.Of("kernels", "--bench", "--seconds", "1", "--json", "-");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal("schema command processor sizes otherSizes models precisions peakGflops kernels", Keys(json.RootElement));
        var peak = json.RootElement.GetProperty("peakGflops");
        Assert.Equal("f32 f64", Keys(peak));
        var rows = json.RootElement.GetProperty("kernels").EnumerateArray().ToList();
        Assert.InRange(rows.Count, 1, SurveyCase.Usual.Count);
        Assert.All(rows, row => IsPlausible(row, peak));
        Assert.Equal(rows.Count, rows.Select(row => (Text(row, "model"), Text(row, "operation"), Text(row, "precision"), Count(row, "d"), Count(row, "n"), Count(row, "batch"))).Distinct().Count());
    }

    [Fact]
    public void The_table_shows_the_peak_and_its_fractions()
    {
        var run = CommandRun.Of("kernels", "--bench", "--seconds", "0.5");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"Multiply-adds alone reach \d+\.\d GFLOP/s", run.Out);
        Assert.Matches(@"(?m)^gradient +scores +4 +4 .* [nµm]s +\d+\.\d +\d+ %", run.Out);
    }

    // Setting up is part of the time, so the usual twelve seconds stay below twenty wherever these do not take ten.
    [Fact]
    public void It_ends_in_time_and_without_the_list_of_sizes()
    {
        var clock = Stopwatch.StartNew();
        var run = CommandRun.Of("kernels", "--bench", "--seconds", "0.01");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed} for 0.01 s");
        Assert.Contains("The time did not suffice", run.Out);
        Assert.DoesNotContain("f32 uses", run.Out);
    }

    [Fact]
    public void It_stops_when_interrupted()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var folder = Directory.CreateTempSubdirectory();
        var file = Path.Combine(folder.FullName, "times.json");
        var clock = Stopwatch.StartNew();
        var run = CommandRun.Of(cancellation.Token, "kernels", "--bench", "--seconds", "1000", "--json", file);
        Assert.Equal((130, ""), (run.ExitCode, run.Out));
        Assert.Contains("Interrupted.", run.Error);
        Assert.Empty(folder.GetFiles());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed} after it was told to stop");
        folder.Delete();
    }

    [Theory]
    [InlineData("kernels --seconds 3", "--seconds goes with --bench.")]
    [InlineData("kernels --bench --seconds 0", "--seconds 0 is not possible; choose a number of seconds above 0.")]
    public void What_cannot_be_is_refused(string arguments, string message)
    {
        var run = CommandRun.Of(arguments.Split(' '));
        Assert.Equal((1, ""), (run.ExitCode, run.Out));
        Assert.Contains(message, run.Error);
    }

    [Fact]
    public void The_usual_cases_are_each_there_once_in_both_precisions()
    {
        Assert.Equal(SurveyCase.Usual.Count, SurveyCase.Usual.Distinct().Count());
        Assert.All(SurveyCase.Usual, one => Assert.Contains(one with { IsDouble = !one.IsDouble }, SurveyCase.Usual));
        Assert.Superset(Enum.GetValues<Evaluation>().ToHashSet(), SurveyCase.Usual.Select(one => one.Evaluation).ToHashSet());
        Assert.Contains(SurveyCase.Usual, one => one.Batch > 1);
    }

    private static void IsPlausible(JsonElement row, JsonElement peak)
    {
        Assert.Equal("model operation precision d n batch nanoseconds gflops peakFraction", Keys(row));
        Assert.Contains(Text(row, "operation"), new[] { "gradient", "hessian-vector", "gauss-newton" });
        Assert.Contains(Text(row, "model"), new[] { "scores", "attention", "log-attention", "output" });
        Assert.Contains(Text(row, "precision"), new[] { "f32", "f64" });
        Assert.True(Count(row, "d") > 0 && Count(row, "n") > 0 && Count(row, "batch") > 0 && Number(row, "nanoseconds") > 0);
        Assert.InRange(Number(row, "peakFraction"), double.Epsilon, 1.2);
        Assert.Equal(Number(row, "gflops") / Number(peak, Text(row, "precision")), Number(row, "peakFraction"), 12);
    }

    private static string Keys(JsonElement element) => string.Join(' ', element.EnumerateObject().Select(key => key.Name));

    private static string Text(JsonElement element, string key) => element.GetProperty(key).GetString()!;

    private static int Count(JsonElement element, string key) => element.GetProperty(key).GetInt32();

    private static double Number(JsonElement element, string key) => element.GetProperty(key).GetDouble();
}
