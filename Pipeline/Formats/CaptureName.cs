using System.Globalization;
using System.Text.RegularExpressions;

namespace Unmask.Pipeline.Formats;

/// <summary>
/// What a tensor of a capture is, by its name: attentions.3, attn_3, layer_3 or 3 as people save output_attentions, attentions for all layers,
/// step7.attentions.3 or attentions.7.3 from generate(), blocks.3.attn.hook_pattern and blocks.3.hook_resid_mid from TransformerLens, any of them for one head alone with
/// .head.5 behind it; the mean over heads as attentions.3.mean, mean_attentions.3 or attentions_averaged.3.
/// </summary>
/// <param name="Kind">What it was seen of.</param>
/// <param name="Layer">The layer; none where the layers are an axis of the tensor.</param>
/// <param name="Step">The step of a generation.</param>
/// <param name="Head">The head, where it holds one alone.</param>
/// <param name="Saver">Who lays out its axes.</param>
internal sealed partial record CaptureName(Observation Kind, Option<int> Layer, Option<int> Step, Option<int> Head, Saver Saver)
{
    /// <summary>Whether it is the mean over heads.</summary>
    public bool Averaged { get; init; }

    /// <summary>An array without a name that says anything.</summary>
    public static CaptureName Unnamed { get; } = new(Observation.Attention, None, None, None, Saver.HuggingFace);

    public static Option<CaptureName> Of(NamedTensor tensor)
    {
        var match = Pattern().Match(tensor.Name);
        if (!match.Success) return None;
        var (first, second) = (Number(match, "first"), Number(match, "second"));
        var (step, head) = (Number(match, "step"), Number(match, "head"));
        var kind = match.Groups["kind"].Value;
        var name = new CaptureName(KindOf(kind), first, step, head, match.Groups["lens"].Success ? Saver.TransformerLens : Saver.HuggingFace)
        {
            Averaged = match.Groups["mean"].Success,
        };
        return second.IsNone ? Some(name).Filter(one => one.Layer.IsSome || All.Contains(kind))
            : step.IsSome || head.IsSome || name.Averaged ? None
            // A map alone has no step: generate() keeps its batch and head axes.
            : tensor.Shape.Count == 2 ? name with { Head = second }
            : name with { Step = first, Layer = second };
    }

    private static Seq<string> All { get; } = Seq("attentions", "attention", "attn", "scores", "attention_outputs", "residual_streams");

    private static Observation KindOf(string word) => word switch
    {
        "scores" or "attn_scores" => Observation.Scores,
        "attention_outputs" or "z" => Observation.Output,
        "residual_streams" or "resid_mid" => Observation.Residual,
        _ => Observation.Attention,
    };

    private static Option<int> Number(Match match, string group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : None;

    // np.savez without names calls its arrays arr_0, arr_1, …
    [GeneratedRegex(
        """
        ^(?:
            (?:steps?[._]?(?<step>[0-9]{1,6})[._/])?
            (?:(?:(?<mean>mean|avg|averaged?)[._](?<kind>attentions?|attn)|(?<kind>attentions?|attn)[._](?<mean>mean|avg|averaged?))(?:[._]?(?<first>[0-9]{1,6}))?
              |(?<kind>attentions?|attn|scores|attention_outputs|residual_streams)(?:[._]?(?<first>[0-9]{1,6})(?:[._](?<second>[0-9]{1,6}))?)?
              |(?:(?<kind>layers?|arr)[._]?)?(?<first>[0-9]{1,6}))
          | (?<lens>blocks)\.(?<first>[0-9]{1,6})\.(?:attn\.hook_(?<kind>pattern|attn_scores|z)|hook_(?<kind>resid_mid))
        )(?:[._]heads?[._]?(?<head>[0-9]{1,6})|[._](?<mean>mean|avg|averaged?))?$
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

/// <summary>Whose habit it is to lay out a tensor's axes so.</summary>
internal enum Saver
{
    /// <summary>Maps [batch, heads, n, n], outputs [batch, n, d].</summary>
    HuggingFace,

    /// <summary>Maps likewise, outputs [batch, n, heads, d_h]; positions are counted from the first token that is not padding.</summary>
    TransformerLens,
}
