namespace Unmask.Pipeline.Solvers;

/// <summary>I + a′ for a run of tokens, written out: unknown (token t, coordinate c) is row and column (t − first)·d + c. docs/output.md (O18).</summary>
internal static class StreamJacobian
{
    public static Matrix Of(AttentionBranch branch, ProjectedTokens tokens, int first, int count)
    {
        var (d, size, unit) = (tokens.Stream.Rows, tokens.Stream.Rows * count, Matrix.Identity(tokens.Stream.Rows));
        var entries = new double[size * size];
        for (var i = 0; i < count; i++)
            for (var t = 0; t < count; t++)
            {
                var block = branch.Moves(tokens, first + i, first + t, unit);
                for (var a = 0; a < d; a++)
                    for (var b = 0; b < d; b++)
                        entries[(i * d + a) * size + t * d + b] = block[b, a] + (i == t && a == b ? 1 : 0);
            }

        return Matrix.Own(size, size, entries);
    }
}
