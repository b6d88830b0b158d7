namespace Unmask.Pipeline.Transformers;

/// <summary>The forward pass over a whole sequence, in double.</summary>
public static class States
{
    /// <summary>The stream before the first block, d×n, of token ids. Ids and length are checked against the model (260 to 262).</summary>
    public static Fin<Matrix> Stream(Transformer model, Seq<int> ids) => throw new NotSupportedException();

    /// <summary>
    /// The states that enter the query, key and value projections of layers 0 … <paramref name="last"/>, d×n each, from the stream before the
    /// first block, d×n. Nothing beyond them is computed. Where norms stand after the sums, the states of layer 0 are the stream.
    /// </summary>
    public static Seq<Matrix> Upto(Transformer model, Matrix stream, int last) => throw new NotSupportedException();

    /// <summary>Those of one layer alone.</summary>
    public static Matrix At(Transformer model, Matrix stream, int layer) => Upto(model, stream, layer)[layer];
}
