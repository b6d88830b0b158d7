using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Architectures;

/// <summary>How a layer's projections fall into heads: <paramref name="Keys"/> key and value heads, each shared by as many queries.</summary>
internal sealed record HeadShape(int Heads, int Keys, int Width)
{
    public int QueryWidth => Heads * Width;

    public int KeyWidth => Keys * Width;

    /// <summary>The key and value head that query head <paramref name="head"/> reads.</summary>
    public int Shared(int head) => head / (Heads / Keys);
}

/// <summary>The query, key and value projections of one layer as a checkpoint has them, heads side by side: d×(heads·width) each.</summary>
internal sealed record Projections(Linear Query, Linear Key, Option<Linear> Value)
{
    public AttentionLayer Layer(int index, HeadShape shape, Mask mask, double scale, Option<Rotary> rotary, Option<Norm> norm = default) =>
        new(index, Query.Inputs, Heads(shape), mask, scale, rotary)
        {
            Value = Value.Map(value => Matrix.Create(value.Inputs, shape.QueryWidth, (i, c) => value.Weight[i, Source(shape, c)])),
            ValueBias = Value.Bind(value => value.Bias)
                .Map(bias => toSeq(Enumerable.Range(0, shape.QueryWidth)).Map(c => bias[Source(shape, c)]).Strict()),
            Norm = norm,
        };

    // Heads of a group share the very same key matrix, by which solvers know the group.
    private Seq<Head> Heads(HeadShape shape)
    {
        var keys = toSeq(Enumerable.Range(0, shape.Keys)).Map(group => Key.Columns(group * shape.Width, shape.Width)).Strict();
        return toSeq(Enumerable.Range(0, shape.Heads)).Map(h =>
        {
            var (query, key) = (Query.Columns(h * shape.Width, shape.Width), keys[shape.Shared(h)]);
            return new Head(query.Weight, key.Weight, query.Bias, key.Bias);
        }).Strict();
    }

    // The value column that feeds column c of the heads laid side by side.
    private static int Source(HeadShape shape, int c) => shape.Shared(c / shape.Width) * shape.Width + c % shape.Width;
}
