namespace Unmask.Kernels;

/// <summary>
/// One handing out of work, as one word: the number of the round above, how many pieces it has below. What threads write of a round begins with its number too, so that what is left of an
/// earlier one is less, whatever it says.
/// </summary>
internal readonly record struct Round(long Word)
{
    private const int Bits = 24;

    /// <summary>The most pieces.</summary>
    public const int MostPieces = (1 << Bits) - 1;

    /// <summary>The word without pieces; a piece is this and its number.</summary>
    public long Start => Word >> Bits << Bits;

    public int Count => (int)(Word - Start);

    /// <summary>The round that follows one, of so many pieces.</summary>
    public static Round After(long word, int count) => new((((word >> Bits) + 1) << Bits) + count);

    /// <summary>How many pieces of this round a thread did that wrote this.</summary>
    public long PiecesOf(long word) => Math.Max(0, word - Start);
}
