using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>What the rounding of a residual stream becomes in H: draws of (I + a′)⁻¹ε, forward through the tokens. docs/output.md (O22).</summary>
internal static class StreamErrors
{
    /// <param name="branch">a.</param>
    /// <param name="tokens">At the answer.</param>
    /// <param name="blocks">I + a′ of each group of tokens, none of them singular.</param>
    /// <param name="noise">The standard deviation of every entry of R, n×d.</param>
    /// <returns>Errors of H, n×d each.</returns>
    public static Matrix[] Draw(AttentionBranch branch, ProjectedTokens tokens, Matrix[] blocks, Matrix noise)
    {
        var (n, d, size) = (noise.Rows, noise.Columns, noise.Rows / blocks.Length);
        var normal = Starts.Normal(Resolve.Draws * n * d, 0, 1);
        // Of token i one row a draw.
        var moved = Enumerable.Range(0, n).Select(i => Matrix.Create(Resolve.Draws, d, (m, c) => noise[i, c] * normal[(m * n + i) * d + c])).ToArray();
        for (var first = 0; first < n; first += size)
        {
            for (var t = 0; t < first; t++) moved[first] -= branch.Moves(tokens, first, t, moved[t]);
            var errors = blocks[first / size].Solve(Matrix.Create(size * d, Resolve.Draws, (r, m) => moved[first + r / d][m, r % d]));
            for (var i = first; i < first + size; i++)
            {
                var at = (i - first) * d;
                moved[i] = Matrix.Create(Resolve.Draws, d, (m, c) => errors[at + c, m]);
            }
        }

        return [.. Enumerable.Range(0, Resolve.Draws).Select(m => Matrix.Create(n, d, (i, c) => moved[i][m, c]))];
    }
}
