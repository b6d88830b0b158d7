using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Transformers;

/// <summary>
/// The projections of a layer as one product: queries of all heads, keys of every group of heads that share them, values of all heads, side by
/// side. Every head has a slot of whole vectors, so that each may be a factor of its own; the scale s is in the queries.
/// </summary>
internal sealed class AttentionWeights
{
    // Doubles in the 64 bytes at which a right factor has to begin.
    private const int Vector = 8;

    private readonly int[] _groups;

    private AttentionWeights(AttentionLayer layer, int[] groups, int valueWidth)
    {
        (Layer, _groups) = (layer, groups);
        GroupCount = groups.Max() + 1;
        Slot = (Math.Max(layer.Heads.Map(head => head.Dimension).Max(), valueWidth) + Vector - 1) / Vector * Vector;
        Width = (Heads + GroupCount + (valueWidth == 0 ? 0 : Heads)) * Slot;
        Projections = Fused(layer, valueWidth);
    }

    public AttentionLayer Layer { get; }

    public int Heads => _groups.Length;

    public int GroupCount { get; }

    public int Slot { get; }

    /// <summary>Columns of what <see cref="Projections"/> gives.</summary>
    public int Width { get; }

    public Dense Projections { get; }

    /// <summary>Queries, keys and values.</summary>
    public static AttentionWeights Of(AttentionLayer layer) =>
        new(layer, GroupsOf(layer), layer.Value.Match(value => value.Columns / layer.Heads.Count, () => 0));

    /// <summary>Queries and keys alone: all that scores need.</summary>
    public static AttentionWeights ScoresOf(AttentionLayer layer) => new(layer, GroupsOf(layer), 0);

    public int Group(int head) => _groups[head];

    public int QueryAt(int head) => head * Slot;

    public int KeyAt(int group) => (Heads + group) * Slot;

    public int ValueAt(int head) => (Heads + GroupCount + head) * Slot;

    /// <summary>The output projection, its rows moved to the slots.</summary>
    public Dense Output(Linear output)
    {
        var (width, weight) = (output.Inputs / Heads, new PaddedMatrix<double>(Heads * Slot, output.Outputs));
        for (var i = 0; i < output.Inputs; i++) output.Weight.Row(i).CopyTo(weight.Row(i / width * Slot + i % width));
        return new Dense(weight, output.Bias.Match(bias => bias.ToArray(), () => []));
    }

    private Dense Fused(AttentionLayer layer, int valueWidth)
    {
        var (weight, bias) = (new PaddedMatrix<double>(layer.D, Width), new double[Width]);
        for (var h = 0; h < Heads; h++)
        {
            var head = layer.Heads[h];
            Place(head.Query, 0, head.Dimension, QueryAt(h), layer.Scale);
            Shift(head.QueryBias, 0, head.Dimension, QueryAt(h), layer.Scale);
            Place(head.Key, 0, head.Dimension, KeyAt(Group(h)), 1);
            Shift(head.KeyBias, 0, head.Dimension, KeyAt(Group(h)), 1);
            if (valueWidth == 0) continue;
            foreach (var value in layer.Value) Place(value, h * valueWidth, valueWidth, ValueAt(h), 1);
            Shift(layer.ValueBias, h * valueWidth, valueWidth, ValueAt(h), 1);
        }

        return new Dense(weight, bias);

        void Place(Matrix source, int start, int count, int at, double scale)
        {
            for (var i = 0; i < layer.D; i++)
                TensorPrimitives.Multiply(source.Row(i).Slice(start, count), scale, weight.Row(i).Slice(at, count));
        }

        void Shift(Option<Seq<double>> source, int start, int count, int at, double scale)
        {
            foreach (var values in source)
                for (var c = 0; c < count; c++) bias[at + c] = scale * values[start + c];
        }
    }

    // Groups numbered in the order in which their first heads come.
    private static int[] GroupsOf(AttentionLayer layer)
    {
        var firsts = layer.KeyGroups;
        var distinct = firsts.Distinct().ToList();
        return [.. firsts.Select(distinct.IndexOf)];
    }
}
