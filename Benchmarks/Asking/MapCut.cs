using Unmask.Kernels;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// How the map of a single problem is worked on: whole, or block by block of queries. Bounds take always the same block, of what is observed and kept too: no arrangement
/// could have more of it at hand.
/// </summary>
/// <param name="Columns">Queries of a block.</param>
/// <param name="Stride">Numbers from row to row.</param>
internal readonly record struct MapCut(int Columns, int Stride)
{
    public static MapCut Of<T>(Question q)
        where T : unmanaged
    {
        if (q.N <= LossProgram<T>.MostWhole) return new(q.N, Strides.Of<T>(q.N));
        var blocks = new MapBlocks<T>(ProblemShape.Of(new AnySize<T>(q.D, q.N, 0), 1), q.Loss, causal: false);
        return new((int)Math.Min(q.N, blocks.Tokens), (int)blocks.Stride);
    }
}
