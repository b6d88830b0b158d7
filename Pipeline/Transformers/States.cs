using Unmask.Kernels;

namespace Unmask.Pipeline.Transformers;

/// <summary>The forward pass over a whole sequence, in double.</summary>
public static class States
{
    /// <summary>The stream before the first block, d×n, of token ids. Ids and length are checked against the model (260 to 262).</summary>
    public static Fin<Matrix> Stream(Transformer model, Seq<int> ids) =>
        from tokens in model.Tokens.ToFin(Faults.NoForwardPass("this model", "it has no embedding of tokens"))
        from fits in Door.Require(
            model.Positions.ForAll(positions => ids.Count <= positions), () => Faults.TooLong(ids.Count, model.Positions.IfNone(0)))
        from known in ids.Map((i, id) => Door.Require(id >= 0 && id < tokens.Tokens.Rows, () => Faults.NoSuchToken(id, i, tokens.Tokens.Rows))).All()
        select Rows(tokens, ids, model.D).Transpose();

    /// <summary>
    /// The states that enter the query, key and value projections of layers 0 … <paramref name="last"/>, d×n each, from the stream before the
    /// first block, d×n. Nothing beyond them is computed. Where norms stand after the sums, the states of layer 0 are the stream.
    /// </summary>
    public static Seq<Matrix> Upto(Transformer model, Matrix stream, int last) => Entering(model, stream, last).Map(layer => layer.States).Strict();

    /// <summary>The same with the streams that enter the blocks, of which a norm may make the states.</summary>
    public static Seq<(Matrix Stream, Matrix States)> Entering(Transformer model, Matrix stream, int last)
    {
        var batch = new Batch(stream.Columns, model.D);
        batch.Stream.Set(stream.Transpose().Values);
        return toSeq(Enumerable.Range(0, last + 1)).Map(layer =>
        {
            // One block's copies at a time: all of them would be the model once more.
            if (layer > 0) batch.Pass(layer - 1, BlockWeights.Of(model.Blocks[layer - 1]), new SequenceMixing());
            batch.Enter(new RowNorm(model.Blocks[layer].AttentionNorm), model.Blocks[layer].Norms);
            return (Columns(batch.Stream), Columns(batch.States));
        }).Strict();
    }

    private static Matrix Columns(PaddedMatrix<double> rows) => Matrix.Create(rows.Columns, rows.Rows, (c, i) => rows.Row(i)[c]);

    /// <summary>Those of one layer alone.</summary>
    public static Matrix At(Transformer model, Matrix stream, int layer) => Upto(model, stream, layer)[layer];

    private static Matrix Rows(TokenEmbedding tokens, Seq<int> ids, int d)
    {
        var rows = new double[ids.Count * d];
        for (var i = 0; i < ids.Count; i++) tokens.Write(ids[i], i, rows.AsSpan(i * d, d));
        return Matrix.Own(ids.Count, d, rows);
    }
}
