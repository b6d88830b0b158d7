using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Stages;

public class LoadTests
{
    [Theory]
    [InlineData("stories260k", "llama", 64, 5, 8, 8, 512, Mask.Causal)]
    [InlineData("gpt2-basic", "gpt2", 48, 2, 4, 12, 4096, Mask.Causal)]
    [InlineData("nano-sort", "gpt2", 48, 3, 3, 16, 3, Mask.Causal)]
    [InlineData("bert-mini-shakespeare", "bert", 96, 2, 6, 16, 1302, Mask.None)]
    [InlineData("bert-tiny-sst2", "bert", 128, 2, 2, 64, null, Mask.None)]
    [InlineData("kwt1", "kwt", 64, 12, 1, 64, null, Mask.None)]
    public void A_checkpoint_has_the_shapes_of_its_config(
        string name, string architecture, int d, int layers, int heads, int width, int? vocabulary, Mask mask)
    {
        var checkpoint = Load.Checkpoint(SamplePaths.Model(name)).Value();
        Assert.Equal((name, architecture, d, layers), (checkpoint.Name, checkpoint.Architecture, checkpoint.D, checkpoint.Layers.Count));
        Assert.All(checkpoint.Layers, layer =>
        {
            Assert.Equal((heads, mask), (layer.Heads.Count, layer.Mask));
            Assert.Equal(1 / Math.Sqrt(width), layer.Scale);
            Assert.All(layer.Heads, head => Assert.Equal((d, width, d, width), (head.Query.Rows, head.Query.Columns, head.Key.Rows, head.Key.Columns)));
            Assert.Equal(heads * width, layer.Value.Map(value => value.Columns));
        });
        Assert.Equal(Optional(vocabulary), checkpoint.Vocabulary.Map(known => known.Size));
        Assert.Equal(vocabulary is not null, checkpoint.Tokenizer.IsSome);
    }

    // Computed in float64 and rounded once to float32, the map is off by 3e-8 at most, and the states' own rounding moves it by about as much
    // again (1e-7 of entries of size 1, averaged over d of them); nano-sort was computed in float32 throughout.
    [Theory]
    [InlineData("stories260k", "stories260k-n24", "", 2.5e-7)]
    [InlineData("stories260k", "stories260k-n96", "", 2.5e-7)]
    [InlineData("gpt2-basic", "gpt2-basic-n64", "", 2.5e-7)]
    // Saturated heads: scores of some hundred, which the states' rounding moves by more.
    [InlineData("bert-mini-shakespeare", "bert-mini-n50", "", 1e-6)]
    [InlineData("bert-tiny-sst2", "bert-tiny-n17", "", 2.5e-7)]
    [InlineData("bert-tiny-sst2", "bert-tiny-n21", "", 2.5e-7)]
    [InlineData("bert-tiny-sst2", "bert-tiny-n27", "", 2.5e-7)]
    [InlineData("nano-sort", "nano-sort-recorded-0", "", 2.5e-7)]
    [InlineData("nano-sort", "nano-sort-recorded-1", "", 2.5e-7)]
    [InlineData("nano-sort", "nano-sort-recorded-2", "", 2.5e-7)]
    // bf16 keeps 8 significant bits and f16 keeps 11: half a unit of the last one, relative to probabilities of at most 1.
    [InlineData("stories260k", "stories260k-n96", "-bf16", 1.0 / 512 + 2.5e-7)]
    [InlineData("stories260k", "stories260k-n96", "-fp16", 1.0 / 4096 + 2.5e-7)]
    public void Attention_at_the_true_states_is_what_was_captured(string model, string name, string variant, double tolerance)
    {
        var checkpoint = Load.Checkpoint(SamplePaths.Model(model)).Value();
        var capture = Load.Capture(SamplePaths.Capture($"{name}{variant}.safetensors")).Value();
        var truth = Load.Truth(SamplePaths.Capture($"{name}{variant}.truth.json")).Value();
        foreach (var captured in capture.Layers)
        {
            var layer = checkpoint.Layers[captured.Layer];
            var error = layer.Heads.Zip(captured.Attention).Map(pair =>
                (Forward.Attention(layer, pair.Item1, truth.States[captured.Layer]) - pair.Item2).MaxNorm()).Max();
            Assert.True(error <= tolerance, $"layer {captured.Layer}: {error}");
        }
    }

    [Fact]
    public void Recorded_outputs_are_the_value_weights_seen_through_the_recorded_maps()
    {
        var layer = Load.Checkpoint(SamplePaths.Model("nano-sort")).Value().Layers[0];
        var states = Load.Truth(SamplePaths.Capture("nano-sort-recorded-0.truth.json")).Value().States[0];
        var recorded = Load.Matrix(SamplePaths.Capture("nano-sort-recorded-0.truth.safetensors"), "attention_outputs.0").Value();
        var values = states.Transpose() * layer.Value.IfNone(Matrix.Identity(1));
        var output = Matrix.Create(recorded.Rows, recorded.Columns, (i, c) =>
        {
            var p = Forward.Attention(layer, layer.Heads[c / 16], states);
            return Enumerable.Range(0, recorded.Rows).Sum(j => p[i, j] * values[j, c]) + layer.ValueBias.IfNone(Seq<double>())[c];
        });
        // Recorded in float32: outputs of size 1 summed from 48 + 11 products.
        Assert.True((output - recorded).MaxNorm() < 1e-5);
    }

    [Fact]
    public void The_same_capture_in_two_formats_is_the_same_capture()
    {
        var (zip, flat) = (Load.Capture(SamplePaths.Capture("stories260k-n24.npz")).Value(), Load.Capture(SamplePaths.Capture("stories260k-n24.safetensors")).Value());
        Assert.Equal(flat.Layers, zip.Layers);
    }

    [Theory]
    [InlineData("stories260k-n24", "f32")]
    [InlineData("stories260k-n96-fp16", "f16")]
    [InlineData("stories260k-n96-bf16", "bf16")]
    public void A_captures_precision_is_told_from_its_values(string name, string precision) =>
        Assert.Equal(precision, Load.Capture(SamplePaths.Capture($"{name}.safetensors")).Value().Precision.Name);

    [Fact]
    public void Every_missing_tensor_of_a_checkpoint_is_named_at_once()
    {
        using var folder = new TemporaryFolder();
        var kept = TensorFile.Open(Path.Combine(SamplePaths.Model("stories260k"), "model.safetensors")).Value()
            .Tensors.Filter(tensor => !tensor.Name.Contains("layers.2.self_attn.") && !tensor.Name.Contains("embed"));
        File.Copy(Path.Combine(SamplePaths.Model("stories260k"), "config.json"), folder.File("config.json"));
        TensorFile.Save(folder.File("model.safetensors"), kept).Value();
        var messages = Load.Checkpoint(folder.Path).Errors().Select(error => error.Message).ToArray();
        Assert.Equal(4, messages.Length);
        Assert.Contains(messages, message => message.Contains("tensor model.layers.2.self_attn.k_proj.weight is missing"));
        Assert.Contains(messages, message => message.Contains("tensor model.embed_tokens.weight is missing"));
    }

    [Theory]
    [InlineData("\"model_type\": \"llama\"", "\"model_type\": \"mamba\"", "model_type mamba is not supported")]
    [InlineData("\"hidden_size\": 64,", "", "key hidden_size is missing")]
    [InlineData("\"hidden_size\": 64,", "\"hidden_size\": 128,", "tensor model.layers.0.self_attn.q_proj.weight has shape [64, 64] but must be [64, 128]")]
    [InlineData("\"rope_scaling\": null", "\"rope_scaling\": {\"rope_type\": \"yarn\"}", "rope_scaling.rope_type is yarn")]
    [InlineData("\"num_key_value_heads\": 4", "\"num_key_value_heads\": 3", "num_attention_heads 8 is not a multiple of num_key_value_heads 3")]
    [InlineData("\"attention_bias\": false", "\"attention_bias\": true", "tensor model.layers.0.self_attn.q_proj.bias is missing")]
    public void A_config_that_is_not_understood_says_why(string old, string changed, string rule)
    {
        using var folder = new TemporaryFolder();
        var config = File.ReadAllText(Path.Combine(SamplePaths.Model("stories260k"), "config.json"));
        File.WriteAllText(folder.File("config.json"), config.Replace(old, changed));
        File.Copy(Path.Combine(SamplePaths.Model("stories260k"), "model.safetensors"), folder.File("model.safetensors"));
        var errors = Load.Checkpoint(folder.Path).Errors();
        Assert.Contains(errors, error => error.Message.Contains(rule) && error.Message.Contains(folder.Path));
        Assert.All(errors, error => Assert.True(Faults.IsBadInput(error)));
    }

    [Fact]
    public void A_prefix_and_shards_make_no_difference()
    {
        using var folder = new TemporaryFolder();
        var source = SamplePaths.Model("gpt2-basic");
        File.Copy(Path.Combine(source, "config.json"), folder.File("config.json"));
        var tensors = TensorFile.Open(Path.Combine(source, "model.safetensors")).Value().Tensors
            .Map(tensor => new NamedTensor("", "transformer." + tensor.Name, tensor.Type, tensor.Shape, tensor.Numbers));
        var (first, second) = (tensors.Take(10), tensors.Skip(10));
        TensorFile.Save(folder.File("a.safetensors"), first).Value();
        TensorFile.Save(folder.File("b.safetensors"), second).Value();
        var map = first.Map(tensor => $"\"{tensor.Name}\":\"a.safetensors\"").Append(second.Map(tensor => $"\"{tensor.Name}\":\"b.safetensors\""));
        File.WriteAllText(folder.File("model.safetensors.index.json"), $$$"""{"weight_map":{{{{string.Join(',', map)}}}}}""");
        var (sharded, whole) = (Load.Checkpoint(folder.Path).Value(), Load.Checkpoint(source).Value());
        Assert.Equal(whole.Layers[1].Heads[3].Query, sharded.Layers[1].Heads[3].Query);
        Assert.Equal(whole.Vocabulary, sharded.Vocabulary);
    }

    [Fact]
    public void Saved_states_come_back()
    {
        using var folder = new TemporaryFolder();
        var states = Matrix.Create(3, 5, (i, j) => i - j / 7.0);
        foreach (var name in new[] { "x.npy", "x.safetensors", "x.npz" })
        {
            Save.States(folder.File(name), states).Value();
            Assert.Equal(states, Load.Matrix(folder.File(name)).Value());
        }

        // With the features of a front end, where a format holds more than one matrix.
        var estimate = new Estimate(states, new SolverReport("polish", 1, 0, true, 0), None) { Features = Matrix.Identity(5) };
        foreach (var (name, holds) in new[] { ("y.npy", false), ("y.safetensors", true), ("y.npz", true) })
        {
            Save.Estimate(folder.File(name), estimate).Value();
            Assert.Equal(states, Load.Matrix(folder.File(name)).Value());
            Assert.Equal(holds, Load.Matrix(folder.File(name), "features").IsSucc);
        }

        Assert.Contains("x.txt", Save.States(folder.File("x.txt"), states).Errors()[0].Message);
        Assert.Contains("cannot be written", Save.States(folder.File("absent/x.npy"), states).Errors()[0].Message);
    }
}
