using System.Numerics.Tensors;
using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Transformers;

/// <summary>
/// Token ids to the stream before the first block: norm(<paramref name="Tokens"/>[id] + <paramref name="Positions"/>[i]). The table is V×d,
/// with the embedding of token type 0 already added where the model has types; positions are (at least n)×d where they are learned.
/// </summary>
public sealed record TokenEmbedding(Matrix Tokens, Option<Matrix> Positions, Option<Norm> Norm)
{
    /// <summary>Writes the row of one token at one position, length d.</summary>
    internal void Write(int id, int position, Span<double> row)
    {
        Tokens.Row(id).CopyTo(row);
        foreach (var positions in Positions) TensorPrimitives.Add(row, positions.Row(position), row);
        foreach (var norm in Norm) Norms.Apply(norm, row, row);
    }
}

/// <summary>
/// Features to the stream before the first block: column 0 is <paramref name="Class"/> + p₀, column i is A f_i + b + p_i, with
/// <paramref name="Projection"/> A (out = d, as it stands: f×d), one row of <paramref name="Positions"/> (n×d) for every token.
/// </summary>
public sealed record FeatureEmbedding(Linear Projection, Seq<double> Class, Matrix Positions)
{
    /// <summary>Column 0, through a norm where one is given.</summary>
    public Seq<double> First(Option<Norm> norm)
    {
        var column = new double[Class.Count];
        for (var c = 0; c < column.Length; c++) column[c] = Class[c] + Positions[0, c];
        foreach (var one in norm) Norms.Apply(one, column, column);
        return toSeq(column);
    }

    /// <summary>The same as an affine map of n feature columns, f×n, of which the first is zero.</summary>
    public FrontEnd At(int n) => new(
        Projection.Weight.Transpose(),
        Matrix.Create(Class.Count, n, (c, i) => Positions[i, c] + (i == 0 ? Class[c] : Projection.Bias.Match(bias => bias[c], () => 0))));
}
