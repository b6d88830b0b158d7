using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>The finite set of states that a vocabulary can put in front of layer 0: x = norm(E[v] + p_i). token-search.md (T1).</summary>
public static class TokenStates
{
    /// <summary>The states of the tokens <paramref name="ids"/>, one column per position, d×n.</summary>
    public static Matrix Of(Vocabulary vocabulary, Seq<int> ids)
    {
        var d = vocabulary.Embedding.Columns;
        var rows = new double[ids.Count * d];
        for (var i = 0; i < ids.Count; i++) Write(vocabulary, ids[i], i, rows.AsSpan(i * d, d));
        return Matrix.Own(ids.Count, d, rows).Transpose();
    }

    /// <summary>The state of every token of the vocabulary at one position, V×d.</summary>
    public static Matrix At(Vocabulary vocabulary, int position)
    {
        var d = vocabulary.Embedding.Columns;
        var rows = new double[vocabulary.Size * d];
        for (var v = 0; v < vocabulary.Size; v++) Write(vocabulary, v, position, rows.AsSpan(v * d, d));
        return Matrix.Own(vocabulary.Size, d, rows);
    }

    /// <summary>The state of one token at one position, length d.</summary>
    public static Seq<double> One(Vocabulary vocabulary, int id, int position)
    {
        var state = new double[vocabulary.Embedding.Columns];
        Write(vocabulary, id, position, state);
        return toSeq(state);
    }

    /// <summary>The state of one token at one position into <paramref name="target"/>, length d.</summary>
    internal static void Write(Vocabulary vocabulary, int id, int position, Span<double> target)
    {
        vocabulary.Embedding.Row(id).CopyTo(target);
        foreach (var positions in vocabulary.Positions) TensorPrimitives.Add(target, positions.Row(position), target);
        Norms.Apply(vocabulary.Norm, target, target);
    }
}
