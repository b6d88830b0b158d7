namespace Unmask.Kernels;

/// <summary>
/// Large maps of one problem, block by block of queries: every block is a matrix of its own, all keys by some queries. Scratch memory holds the one that is worked on,
/// the observed map lies cut, and so do those that products with directions need of the point. Memory is taken when it is first asked for.
/// </summary>
internal sealed unsafe class MapBlocks<T>(ProblemShape shape, bool causal)
    where T : unmanaged
{
    private Workspace<T>? _scratch;
    private Workspace<T>? _observed;
    private Workspace<T>? _kept;

    // Above it wider blocks were measured to be faster: docs/decisions/0011.
    private const int ManyFeatures = 256;

    /// <summary>
    /// Queries of a block: a kilobyte of each row, half where the second cache is small, four of states of many features, so that what the keys gather, in a matrix that the second cache may not hold, is read and
    /// written seldom. With a mask a quarter, as a block leaves out only what all its queries do not see.
    /// </summary>
    public nint Tokens => (shape.D > ManyFeatures ? 4096 : SecondCache.IsSmall ? 512 : 1024) / (causal ? 4 : 1) / sizeof(T);

    /// <summary>Numbers from row to row of a block: an odd number of vectors, so that a column spreads over all sets of the first cache.</summary>
    public nint Stride => Tokens + 64 / sizeof(T);

    private int Count => (shape.N + (int)Tokens - 1) / (int)Tokens;

    private int Size => Strides.Rows(shape.N) * (int)Stride;

    /// <summary>One of several pieces of memory for the block at hand.</summary>
    public T* Scratch(int piece, int pieces)
    {
        if (_scratch is null || _scratch.Length < pieces * Size) _scratch = new Workspace<T>(pieces * Size);
        return _scratch.At(piece * Size);
    }

    /// <summary>The block from <paramref name="first"/> on of one of the maps that are kept of the point; zero, where a mask hides it, from the beginning.</summary>
    public T* Kept(int map, int maps, nint first)
    {
        _kept ??= new Workspace<T>(maps * Count * Size);
        return _kept.At((map * Count + (int)(first / Tokens)) * Size);
    }

    /// <summary>The same of the observed map.</summary>
    public T* Observed(nint first) => _observed!.At((int)(first / Tokens) * Size);

    /// <summary>Cuts the observed map, keys × queries.</summary>
    public void Cut(T* map)
    {
        _observed ??= new Workspace<T>(Count * Size);
        for (nint first = 0; first < shape.N; first += Tokens)
            for (nint j = 0; j < shape.N; j++)
                new ReadOnlySpan<T>(map + j * shape.StrideN + first, (int)nint.Min(Tokens, shape.N - first))
                    .CopyTo(new Span<T>(Observed(first) + j * Stride, (int)Tokens));
    }

    /// <summary>Zero where the queries of a block, from <paramref name="first"/> on, would see keys after them.</summary>
    public void HideFuture(T* block, nint first, nint seen)
    {
        for (var j = first + 1; j < seen; j++) new Span<T>(block + j * Stride, (int)(j - first)).Clear();
    }
}
