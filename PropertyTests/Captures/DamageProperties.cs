using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Captures;

/// <summary>Whatever is done to a capture, it is bad input or reads as something else; it is never an exception.</summary>
public class DamageProperties
{
    private static readonly Seq<Seq<Matrix>> Layers =
        Pipeline.Load.Capture(SamplePaths.Capture("nano-sort-recorded-0.safetensors")).Value().Layers.Map(layer => layer.Attention).Strict();

    private static readonly byte[] Page = Encoding.UTF8.GetBytes(Saved.Page(Layers, 3));

    private static readonly int Begin = Encoding.UTF8.GetString(Page).IndexOf("{\"attention", StringComparison.Ordinal);

    private static readonly int End = Encoding.UTF8.GetString(Page).IndexOf("; // the actual", StringComparison.Ordinal);

    [Property(MaxTest = 200)]
    public bool A_page_cut_before_its_maps_end_is_bad_input(NonNegativeInt cut) =>
        Read("view.html", Page[..(cut.Get % End)]).Match(Succ: _ => false, Fail: Faults.IsBadInput);

    [Property(MaxTest = 300)]
    public bool A_mangled_page_never_throws((NonNegativeInt At, byte Value)[] flips, byte[] inserted, NonNegativeInt place)
    {
        var at = Begin + place.Get % (End - Begin);
        byte[] bytes = [.. Page[..at], .. inserted, .. Page[at..]];
        foreach (var (where, value) in flips) bytes[Begin + where.Get % (End - Begin)] ^= value;
        return Read("view.html", bytes).Match(Succ: _ => true, Fail: Faults.IsBadInput);
    }

    // The characters that JSON is made of do more harm than any others.
    [Property(MaxTest = 300)]
    public bool Brackets_and_commas_in_the_wrong_place_never_throw((NonNegativeInt At, NonNegativeInt Pick)[] changes)
    {
        var bytes = Page.ToArray();
        foreach (var (at, pick) in changes) bytes[Begin + at.Get % (End - Begin)] = "[]{},:\"\\0-e"u8[pick.Get % 11];
        return Read("view.html", bytes).Match(Succ: _ => true, Fail: Faults.IsBadInput);
    }

    // Names, shapes, types and numbers at random, under names that mean something.
    [Property(MaxTest = 500)]
    public bool Tensors_of_any_shape_under_the_names_of_a_capture_never_throw(NonNegativeInt seed)
    {
        var random = new Random(seed.Get);
        var tensors = toSeq(Enumerable.Range(0, random.Next(1, 5)).Select(_ => Names[random.Next(Names.Length)]).Distinct()).Map(name =>
        {
            var shape = Enumerable.Range(0, random.Next(0, 6)).Select(_ => (long)random.Next(random.Next(4) == 0 ? 0 : 1, 4)).ToArray();
            return Saved.Tensor(name, shape, Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => Numbers[random.Next(Numbers.Length)]), DType.F64);
        }).Strict();
        var sequence = random.Next(2) == 0 ? Option<int>.None : random.Next(4);
        return Saved.Try(tensors, "a.npz", sequence)
            .Bind(capture => Normalise.Problem(Stories, capture, Selection.Default with
            {
                RowSums = random.Next(2) == 0 ? None : (RowSums)random.Next(3),
                Averaged = random.Next(4) == 0,
            }))
            .Match(Succ: _ => true, Fail: Faults.IsBadInput);
    }

    private static Checkpoint Stories { get; } = Pipeline.Load.Checkpoint(SamplePaths.Model("stories260k")).Value();

    private static string[] Names { get; } =
    [
        "attentions", "attentions.0", "attentions.1", "attn_0", "attentions.0.1", "attentions.1.0", "step0.attentions.0", "step1.attentions.0", "attentions.0.head.0",
        "attentions.0.head.5", "attentions.0.head.9", "0", "1", "blocks.0.attn.hook_pattern", "blocks.0.attn.hook_attn_scores", "blocks.0.attn.hook_z", "scores.0", "scores",
        "attention_outputs.0", "attention_outputs", "attentions.0.mean", "attentions_mean", "attention_mask", "position_ids", "heads", "heads.0", "rows", "rows.0", "attentions.999999", "attentions.9999999999",
    ];

    private static double[] Numbers { get; } = [0, 0, 0, 1, 1, 1, 0.5, 0.25, 2, -1, double.NaN, double.NegativeInfinity, 1e300];

    private static Fin<Capture> Read(string name, byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File(name), bytes);
        return Pipeline.Load.Capture(folder.File(name));
    }
}
