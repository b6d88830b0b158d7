using System.Runtime.Intrinsics.X86;

namespace Unmask.Kernels;

/// <summary>How wide the vectors of tiny programs in double precision are, where nobody asks for a width.</summary>
internal static class TinyWidth
{
    /// <summary>AMD's Zen 3 and Zen 4, of which the latter alone has vectors of 512 bits.</summary>
    internal const int FamilyOfZen4 = 0x19;

    // What a longer number of a family is added to.
    private const int ExtendedFrom = 15;

    private static readonly int Family = Read();

    /// <summary>
    /// The machine's widest, or half of it for 4×4 without a softmax on a Zen 4: it does 512 bits in two halves, and there every product waits for shuffles of all eight
    /// numbers. docs/decisions/0009.
    /// </summary>
    public static VectorWidth Of(LossModel model, int d, int n) => Of(model, d, n, VectorWidths.Best, Family);

    /// <summary>The same for any machine, by its widest vectors and its processor's family.</summary>
    internal static VectorWidth Of(LossModel model, int d, int n, VectorWidth best, int family) =>
        (d, n, model, best, family) is (4, 4, LossModel.Scores or LossModel.LogAttention, VectorWidth.Bits512, FamilyOfZen4) ? VectorWidth.Bits256 : best;

    private static int Read()
    {
        if (!X86Base.IsSupported) return 0;
        var signature = X86Base.CpuId(1, 0).Eax;
        var family = (signature >> 8) & 15;
        return family == ExtendedFrom ? family + ((signature >> 20) & 255) : family;
    }
}
