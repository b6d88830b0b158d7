namespace Unmask.Kernels;

/// <summary>
/// Large maps of one problem, block by block of queries: every block is a matrix of its own, all keys by some queries. Scratch memory holds the one that is worked on,
/// the observed map lies cut, and so do those that products with directions need of the point. Memory is taken when it is first asked for.
/// </summary>
internal sealed unsafe class MapBlocks<T>(ProblemShape shape, LossModel model, bool causal)
    where T : unmanaged
{
    private Workspace<T>? _scratch;
    private Workspace<T>? _observed;
    private Workspace<T>? _kept;
    private Workspace<T>? _columns;

    // Above it wider blocks were measured to be faster: docs/decisions/0011.
    private const int ManyFeatures = 256;

    // Rows as long lie on pages of their own.
    private const int PageBytes = 4096;

    // With fewer, what the keys gather of a block is too shallow a product to hide how its tiles begin and end.
    private const int EnoughQueries = 96;

    /// <summary>
    /// Queries of a block: so many that what the keys gather, in a matrix that the second cache may not hold, is read and written seldom, and so few that passes find the block in that cache.
    /// With a mask a quarter, as a block leaves out only what all its queries do not see.
    /// </summary>
    public nint Tokens => Bytes / (causal ? 4 : 1) / sizeof(T);

    // Of a row.
    private int Bytes => shape.D > ManyFeatures ? 4096 : !SecondCache.IsSmall ? 1024 : HasPasses ? 512 : int.Max(512, EnoughQueries * sizeof(T));

    /// <summary>Numbers from row to row of a block: an odd number of vectors, so that a column spreads over all sets of the first cache.</summary>
    public nint Stride => Tokens + 64 / sizeof(T);

    /// <summary>Numbers from row to row of what <see cref="Columns"/> gives.</summary>
    public nint ColumnStride => CopiesColumns ? Stride : shape.StrideN;

    private bool CopiesColumns => shape.D <= ManyFeatures && shape.StrideN * sizeof(T) >= PageBytes;

    // Scores are compared with what is observed by the product that makes them, where nothing is hidden.
    private bool HasPasses => model != LossModel.Scores || causal;

    private int Count => (shape.N + (int)Tokens - 1) / (int)Tokens;

    private int Size => Strides.Rows(shape.N) * (int)Stride;

    /// <summary>One of several pieces of memory for the block at hand.</summary>
    public T* Scratch(int piece, int pieces)
    {
        if (_scratch is null || _scratch.Length < pieces * Size) _scratch = new Workspace<T>(pieces * Size);
        return _scratch.At(piece * Size);
    }

    /// <summary>
    /// The columns of a d×n matrix that belong to the queries from <paramref name="first"/> on, for one product: copied, or where they lie, if features are many or rows shorter
    /// than a page.
    /// </summary>
    public T* Columns(T* matrix, nint first)
    {
        if (!CopiesColumns) return matrix + first;
        _columns ??= new Workspace<T>(shape.D * (int)Stride);
        Copy(matrix, shape.D, first, _columns.At(0));
        return _columns.At(0);
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
        for (nint first = 0; first < shape.N; first += Tokens) Copy(map, shape.N, first, Observed(first));
    }

    // The columns of a block, with the zeros that rows end in.
    private void Copy(T* matrix, nint rows, nint first, T* block)
    {
        var length = (int)nint.Min(Tokens, shape.StrideN - first);
        for (nint row = 0; row < rows; row++)
            new ReadOnlySpan<T>(matrix + row * shape.StrideN + first, length).CopyTo(new Span<T>(block + row * Stride, length));
    }

    /// <summary>Zero where the queries of a block, from <paramref name="first"/> on, would see keys after them.</summary>
    public void HideFuture(T* block, nint first, nint seen)
    {
        for (var j = first + 1; j < seen; j++) new Span<T>(block + j * Stride, (int)(j - first)).Clear();
    }
}
