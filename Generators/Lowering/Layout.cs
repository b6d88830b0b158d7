namespace Unmask.Generators.Lowering;

/// <summary>How matrices lie in memory: rows padded with zeros to whole vectors of the widest kind (or to a power of two below that).</summary>
public static class Layout
{
    private const int WidestBytes = 64;

    // Rows at such distances fall into the same few sets of the first cache.
    private const int AliasBytes = 512;

    /// <summary>Elements from one row to the next of a matrix with this many columns.</summary>
    public static int Stride(int columns, int bytes)
    {
        var widest = WidestBytes / bytes;
        if (columns > widest)
        {
            var whole = (columns + widest - 1) / widest * widest;
            return whole * bytes % AliasBytes == 0 ? whole + widest : whole;
        }

        var stride = 4;
        while (stride < columns) stride *= 2;
        return stride;
    }
}
