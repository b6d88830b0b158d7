using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// What one head brings to the blocks of the normal matrix: A_iᵀT_i and B_iᵀT_i of every token, d_h×r_i, and at each point all products of two
/// entries of a query. docs/identifiability.md (N9).
/// </summary>
internal sealed class HeadBlocks
{
    public HeadBlocks(HeadTerm head, TokenFrames frames)
    {
        var (n, width) = (head.RowWeight.Length, head.Keys.Columns);
        (Head, Pairs, MeanKey) = (head, new(n, width * width), new double[n][]);
        (AtQuery, AtKey) = (new PaddedMatrix<double>?[n], new PaddedMatrix<double>?[n]);
        for (var i = 0; i < n; i++)
        {
            var (atQuery, atKey) = head.Derivative(i);
            (AtQuery[i], AtKey[i]) = (Framed(frames.Axes(i), atQuery), Framed(frames.Axes(i), atKey));
        }
    }

    public HeadTerm Head { get; }

    /// <summary>A_iᵀT_i; none where a token is known.</summary>
    public PaddedMatrix<double>?[] AtQuery { get; }

    /// <summary>B_iᵀT_i.</summary>
    public PaddedMatrix<double>?[] AtKey { get; }

    /// <summary>Row i is q_i q_iᵀ, n×d_h².</summary>
    public PaddedMatrix<double> Pairs { get; }

    /// <summary>k̄_i.</summary>
    public double[][] MeanKey { get; }

    /// <summary>Takes the point where the head stands.</summary>
    public void MoveTo()
    {
        var width = Head.Keys.Columns;
        for (var i = 0; i < MeanKey.Length; i++)
        {
            MeanKey[i] = Head.MeanKey(i);
            Span<double> q = Head.Queries.Row(i), pairs = Pairs.Row(i);
            for (var a = 0; a < width; a++)
                for (var b = 0; b < width; b++) pairs[a * width + b] = q[a] * q[b];
        }
    }

    private static PaddedMatrix<double>? Framed(Matrix axes, Matrix weights)
    {
        if (axes.Rows == 0) return null;
        var framed = new PaddedMatrix<double>(weights.Columns, axes.Rows);
        framed.Set((axes * weights).Transpose().Values);
        return framed;
    }
}
