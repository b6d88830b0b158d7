namespace Unmask.Pipeline.Formats;

/// <summary>The lengths of a tensor's axes.</summary>
internal static class Shape
{
    /// <summary>The number of entries; none where an axis is negative, or an axis or the product is more than an array can hold.</summary>
    public static Option<long> Count(Seq<long> shape)
    {
        if (shape.Exists(length => length < 0 || length > System.Array.MaxLength)) return None;
        // An empty axis empties the tensor whatever the others say, so their product must not overflow first.
        if (shape.Exists(length => length == 0)) return 0;
        var count = 1L;
        foreach (var length in shape)
        {
            if (length > System.Array.MaxLength / count) return None;
            count *= length;
        }

        return count;
    }

    public static string Text(Seq<long> shape) => $"[{string.Join(", ", shape)}]";
}
