namespace Unmask.Generators.Lowering;

/// <summary>
/// What one method may contain before the runtime's compiler gives up optimising it. Its own limits are 60,000 bytes of IL and 8,000 references
/// to locals; these keep a distance from them.
/// </summary>
public static class Budget
{
    public const int MaxMultiplyAdds = 800;

    public const int MaxIlBytes = 20_000;

    public const int MaxLocals = 400;

    public const int MaxLocalReferences = 4_000;

    // Three loads of locals, a call and a store; measured on the emitted assembly, rounded up.
    private const int IlBytesPerMultiplyAdd = 22;

    /// <summary>Multiply-adds written out in one product method: its tiles, unrolled.</summary>
    public static int WrittenMultiplyAdds(ProductGeometry geometry, int accumulators)
    {
        var written = 0;
        foreach (var columns in geometry.ColumnTiles)
            foreach (var rows in geometry.RowTiles(columns.Size, accumulators))
                written += rows.Size * columns.Size * (geometry.StepsWritten + (geometry.HasRemainder ? 1 : 0));
        return written;
    }

    public static int EstimatedIlBytes(int multiplyAdds) => multiplyAdds * IlBytesPerMultiplyAdd;
}
