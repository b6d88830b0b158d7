using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Cli;

/// <summary>Bad input ends with 2 and one sentence that names file, tensor and rule; nothing is printed as a result.</summary>
public sealed class BadInputTests : IDisposable
{
    private const int N = 4;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file() => Refused(_folder.File("absent.npy"), "absent.npy", "there is no such file");

    [Fact]
    public void A_truncated_file()
    {
        var whole = Saved("b.safetensors", "attention", Uniform);
        var bytes = File.ReadAllBytes(whole);
        File.WriteAllBytes(whole, bytes[..^8]);
        Refused(whole, "b.safetensors", "truncated");
    }

    [Fact]
    public void A_file_of_another_kind()
    {
        File.WriteAllText(_folder.File("b.txt"), "not a tensor");
        Refused(_folder.File("b.txt"), "b.txt", "neither a .safetensors, .npy nor .npz");
    }

    [Fact]
    public void A_wrong_shape() =>
        Refused(Saved("b.safetensors", "attention", Matrix.Create(N, N + 1, (_, _) => 1.0 / (N + 1))), "b.safetensors", "attention", "must be [heads, n, n]");

    [Fact]
    public void A_number_that_is_none() =>
        Refused(Saved("b.safetensors", "attention", At(1, 2, double.NaN)), "b.safetensors", "attention", "NaN at row 1, column 2");

    [Fact]
    public void A_row_that_does_not_sum_to_one() =>
        Refused(Saved("b.safetensors", "attention", At(2, 0, 0.5)), "b.safetensors", "attention", "row 2 but every row must sum to 1");

    [Fact]
    public void Several_tensors_without_a_name()
    {
        var path = _folder.File("b.safetensors");
        TensorFile.Save(path, Seq(NamedTensor.Of("a", DType.F64, Uniform), NamedTensor.Of("b", DType.F64, Uniform))).Value();
        Refused(path, "b.safetensors", "a, b", "several tensors");
    }

    [Fact]
    public void Weights_without_the_tensor_that_is_needed()
    {
        var weights = _folder.File("w.safetensors");
        TensorFile.Save(weights, Seq1(NamedTensor.Of("query", DType.F64, Matrix.Identity(3)))).Value();
        RefusedWith(weights, Saved("b.safetensors", "attention", Uniform), "w.safetensors", "tensor key is missing");
    }

    [Fact]
    public void A_start_or_a_truth_of_another_size()
    {
        var (b, x) = (Saved("b.npy", "b", Uniform), Saved("x.npy", "x", Matrix.Identity(2)));
        foreach (var option in new[] { "--start", "--truth" })
            One(CommandRun.Of("invert", "--weights", Weights(), "--target", b, option, x), "x.npy", "[2, 2]", "[3, 4]");
    }

    [Fact]
    public void The_truth_of_another_capture() => One(
        CommandRun.Recover("stories260k", "stories260k-n24", CommandRun.Truth("stories260k-n96")), "n96.truth.json", "token_ids has 96 entries but the capture has 24");

    [Fact]
    public void A_layer_that_was_not_captured() =>
        One(CommandRun.Recover("stories260k", "stories260k-n24", "--layer", "9"), "n24.safetensors", "layer 9 was not captured");

    [Fact]
    public void A_model_that_was_not_captured() =>
        One(CommandRun.Recover("gpt2-basic", "stories260k-n24", "--layer", "0"), "n24.safetensors", "attentions.0 has 8 heads but the layer has 4");

    [Fact]
    public void A_batch_without_a_choice_and_a_sequence_that_is_not_there()
    {
        var batch = _folder.File("batch.safetensors");
        TensorFile.Save(batch, Seq1(new NamedTensor("", "attentions.0", DType.F32, Seq<long>(2, 8, N, N), () => Enumerable.Repeat(0.25, 256).ToArray()))).Value();
        One(Stories(batch), "batch.safetensors", "attentions.0", "a batch of several sequences", "--sequence");
        One(Stories(batch, "--sequence", "2"), "batch.safetensors", "attentions.0", "sequence 2 was asked for");
    }

    [Fact]
    public void A_mean_over_heads() =>
        One(Stories(Saved("mean.npz", "attentions.0", Matrix.Identity(N))), "mean.npz", "attentions.0", "is one map but the layer has 8 heads");

    [Fact]
    public void Rows_that_are_no_sink() =>
        One(Stories(Saved("m.npz", "attentions.0.head.2", Matrix.Create(N, N, (i, j) => j > i ? 0 : 0.9)), "--row-sums", "sink"), "m.npz", "head.2", "a sink leaves every row a sum between 0 and 1");

    [Fact]
    public void An_output_that_was_not_captured() => One(
        CommandRun.Recover("nano-sort", "nano-sort-recorded-0", "--observe", "attention+output"), "recorded-0.safetensors", "attention_outputs.0 is missing");

    [Fact]
    public void Known_columns_of_another_size()
    {
        var known = _folder.File("known.json");
        File.WriteAllText(known, """{ "positions": [0], "states": [[1, 2]] }""");
        One(Stories(SamplePaths.Capture("stories260k-n24.safetensors"), "--known", known), "known.json", "states", "d=64");
        One(CommandRun.Of("invert", "--weights", Weights(), "--target", Saved("b.npy", "b", Uniform), "--known", known), "known.json", "states", "d=3");
        File.WriteAllText(known, $$"""{ "positions": [24], "states": [[{{string.Join(',', Enumerable.Repeat(1, 64))}}]] }""");
        One(Stories(SamplePaths.Capture("stories260k-n24.safetensors"), "--known", known), "known.json", "positions reach beyond the 24 tokens");
    }

    [Fact]
    public void A_page_without_maps()
    {
        File.WriteAllText(_folder.File("page.html"), "<html></html>");
        One(Stories(_folder.File("page.html")), "page.html", "no attention maps of BertViz");
    }

    [Fact]
    public void A_problem_that_no_solver_takes_yet() =>
        One(CommandRun.Of("recover", "--model", SamplePaths.Model("bert-tiny-sst2"), "--capture", FewTokens(), "--layer", "1"),
            "bert-tiny-sst2 layer 1: no solver takes this problem yet", "The subspace solver does not apply");

    [Fact]
    public void A_place_that_cannot_be_written() =>
        One(CommandRun.Recover("nano-sort", "nano-sort-recorded-0", "--out", _folder.File("absent/x.npy")), "absent/x.npy", "cannot be written");

    [Fact]
    public void As_json_a_refusal_says_why()
    {
        var run = CommandRun.Recover("stories260k", "stories260k-n24", "--layer", "9", "--json", "-");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("\"verdict\": \"refused\"", run.Out);
        Assert.Contains("layer 9 was not captured", run.Out);
    }

    private static Matrix Uniform { get; } = Matrix.Create(N, N, (_, _) => 1.0 / N);

    private static Matrix At(int row, int column, double value) => Matrix.Create(N, N, (i, j) => (i, j) == (row, column) ? value : Uniform[i, j]);

    private static CommandRun Stories(string capture, params string[] more) =>
        CommandRun.Of(["recover", "--model", SamplePaths.Model("stories260k"), "--capture", capture, .. more]);

    private string Weights() => Saved("w.npy", "w", Matrix.Identity(3));

    // Too few for a closed form, and of a layer that no vocabulary stands before.
    private string FewTokens()
    {
        TensorFile.Save(_folder.File("few.npz"), Seq1(Captures.Saved.Maps("attentions.1", toSeq(Enumerable.Repeat(Uniform, 2))))).Value();
        return _folder.File("few.npz");
    }

    private string Saved(string file, string tensor, Matrix values)
    {
        TensorFile.Save(_folder.File(file), Seq1(NamedTensor.Of(tensor, DType.F64, values))).Value();
        return _folder.File(file);
    }

    private void Refused(string target, params string[] parts) => RefusedWith(Weights(), target, parts);

    private static void RefusedWith(string weights, string target, params string[] parts) =>
        One(CommandRun.Of("invert", "--weights", weights, "--target", target), parts);

    private static void One(CommandRun run, params string[] parts)
    {
        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        var line = Assert.Single(run.Error.TrimEnd().ReplaceLineEndings("\n").Split('\n'));
        Assert.All(parts, part => Assert.Contains(part, line));
        Assert.DoesNotContain("   at ", run.Error);
    }
}
