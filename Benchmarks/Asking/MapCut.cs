using Unmask.Kernels;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// How the map of a single problem is worked on: whole, or block by block of queries. Bounds take always the same block of what is made on the way, as no arrangement could
/// have more of it at hand, and all blocks of what is given or kept of the point, as every arrangement has to fetch them.
/// </summary>
/// <param name="Columns">Queries of a block.</param>
/// <param name="Stride">Numbers from row to row.</param>
/// <param name="Blocks">How many there are.</param>
internal readonly record struct MapCut(int Columns, int Stride, int Blocks)
{
    public static MapCut Of<T>(Question q)
        where T : unmanaged
    {
        if (q.N <= LossProgram<T>.MostWhole) return new(q.N, Strides.Of<T>(q.N), 1);
        var blocks = new MapBlocks<T>(ProblemShape.Of(new AnySize<T>(q.D, q.N, 0), 1), causal: false);
        var columns = (int)Math.Min(q.N, blocks.Tokens);
        return new(columns, (int)blocks.Stride, (q.N + columns - 1) / columns);
    }
}
