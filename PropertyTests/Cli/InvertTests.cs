using System.Text.Json;
using Unmask.Pipeline;
using Xunit;

namespace Unmask.PropertyTests.Cli;

/// <summary>unmask invert on files that were written with <see cref="Save"/>.</summary>
public sealed class InvertTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Matrix _x;
    private readonly string[] _command;

    public InvertTests()
    {
        var (problem, truth) = Simulate.OneHead(Dims.Of(6, 10).Value(), 5).Value();
        _x = truth.States[0];
        Save.States(_folder.File("W.npy"), problem.Layer.Heads[0].Product).Value();
        Save.States(_folder.File("B.npy"), problem.Observed[0]).Value();
        Save.States(_folder.File("X.npy"), _x).Value();
        var scale = problem.Layer.Scale.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        _command = ["invert", "--weights", _folder.File("W.npy"), "--target", _folder.File("B.npy"), "--scale", scale];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_closed_form_explains_the_map_up_to_the_torus()
    {
        var run = CommandRun.Of([.. _command, "--out", _folder.File("found.npy"), "--json", "-"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal("recovered-up-to-symmetry", json.RootElement.GetProperty("verdict").GetString());
        Assert.Equal("torus(3)", json.RootElement.GetProperty("symmetry").GetString());
        Assert.Equal("congruence", json.RootElement.GetProperty("solver").GetProperty("name").GetString());
        // What the closed form loses in double precision on six dimensions; measured 1e-15.
        Assert.True(json.RootElement.GetProperty("residual").GetProperty("maxProbability").GetDouble() < 1e-12);
        var found = Load.Matrix(_folder.File("found.npy")).Value();
        Assert.Equal((_x.Rows, _x.Columns), (found.Rows, found.Columns));
    }

    [Fact]
    public void From_a_start_at_the_truth_the_truth_is_found()
    {
        var run = CommandRun.Of([.. _command, "--start", _folder.File("X.npy"), "--truth", _folder.File("X.npy"), "--json", "-"]);
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal("lm", json.RootElement.GetProperty("solver").GetProperty("name").GetString());
        Assert.True(json.RootElement.GetProperty("truth").GetProperty("relativeError").GetDouble() < 1e-9);
    }

    [Fact]
    public void A_search_that_did_not_arrive_says_so_and_writes_its_best()
    {
        var run = CommandRun.Of([.. _command, "--solver", "gradient", "--max-iterations", "2", "--restarts", "0", "--out", _folder.File("best.npy")]);
        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("NOT CONVERGED, best estimate only", run.Out);
        Assert.Contains("did not converge", run.Error);
        Assert.True(File.Exists(_folder.File("best.npy")));
    }

    [Fact]
    public void A_search_out_of_time_says_so_and_writes_its_best()
    {
        // Starts of one iteration each never arrive, and there are more of them than time.
        string[] endless = ["--solver", "gradient", "--max-iterations", "1", "--restarts", "100000000", "--timeout", "0.1"];
        var run = CommandRun.Of([.. _command, .. endless, "--json", _folder.File("r.json"), "--out", _folder.File("best.npy")]);
        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("NOT CONVERGED, best estimate only", run.Out);
        Assert.Contains("stopped after 0.1 s", run.Error);
        Assert.Contains("\"verdict\": \"not-converged\"", File.ReadAllText(_folder.File("r.json")));
        Assert.True(File.Exists(_folder.File("best.npy")));
    }

    [Fact]
    public void An_interrupted_search_ends_with_130_and_writes_nothing()
    {
        var run = CommandRun.Of(new CancellationToken(canceled: true), [.. _command, "--out", _folder.File("found.npy"), "--json", _folder.File("r.json")]);
        Assert.Equal((130, ""), (run.ExitCode, run.Out));
        Assert.Equal(["B.npy", "W.npy", "X.npy"], Files());
    }

    [Fact]
    public void No_temporary_file_is_left()
    {
        CommandRun.Of([.. _command, "--out", _folder.File("found.npz"), "--json", _folder.File("r.json")]);
        CommandRun.Of([.. _command, "--out", _folder.File("absent/found.npz")]);
        Assert.Equal(["B.npy", "W.npy", "X.npy", "found.npz", "r.json"], Files());
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        string[] search = [.. _command, "--solver", "lm", "--seed", "3", "--restarts", "2", "--max-iterations", "40", "--json"];
        var first = CommandRun.Of([.. search, "-", "--out", _folder.File("1.npy")]).Out;
        var second = CommandRun.Of([.. search, "-", "--out", _folder.File("2.npy")]).Out;
        Assert.Equal(RecoverJsonTests.Timeless(first), RecoverJsonTests.Timeless(second));
        Assert.Equal(File.ReadAllBytes(_folder.File("1.npy")), File.ReadAllBytes(_folder.File("2.npy")));
    }

    private string[] Files() => [.. Directory.GetFiles(_folder.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
}
