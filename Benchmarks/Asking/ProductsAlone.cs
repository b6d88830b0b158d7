using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>The least time that the products of a problem take, each as fast as register tiles of its depth multiply in the first cache.</summary>
internal static class ProductsAlone
{
    /// <summary>Nanoseconds; null for a single problem that stays in registers and need not read.</summary>
    public static double? Nanoseconds(Question q, TimeSpan each)
    {
        var isPerLane = q.Count > 1;
        if (IsOwnProgram(q)) return FlopCount.OfProducts(q.Loss, q.D, q.N, q.Asked) / (2.0 * q.D * q.D * q.N) * TinyProducts.Nanoseconds(q.Precision, each);
        if (!HasParts(q)) return null;
        if (LargeProducts.Covers(q) && !IsWithoutMaps(q)) return LargeProducts.Nanoseconds(q, 4 * each); // as many samples as of an evaluation
        double Rate(Part part) => q.Precision == "float"
            ? TileRate.Measure<float>(part.Depth, part.Columns, isPerLane, each)
            : TileRate.Measure<double>(part.Depth, part.Columns, isPerLane, each);
        return Parts(q).Sum(part => part.Operations / Rate(part));
    }

    /// <summary>Whether there is anything to time: 4×4 stays in registers, or nearly so.</summary>
    public static bool HasParts(Question q) => q is not { D: <= 8, N: <= 8, Count: 1 } || q is { D: 8, N: 8, Asked: Evaluation.Gradient };

    /// <summary>Whether a gradient of this size is a program of its own, whose parts can be had alone.</summary>
    public static bool IsOwnProgram(Question q) => q is { D: 8, N: 8, Count: 1, Asked: Evaluation.Gradient }
        && (VectorWidths.Best == VectorWidth.Bits512 || (VectorWidths.Best == VectorWidth.Bits256 && q.Precision == "float"));

    private static bool IsWithoutMaps(Question q) => q is { Asked: Evaluation.GaussNewton, Loss: LossModel.Scores } && 10.0 * q.D <= 8.0 * q.N;

    // Products by what they sum over, and how many columns a result has at most, whichever way it is held.
    private sealed record Part(int Depth, int Columns, double Operations);

    // The operations of a gradient by what they sum over: features, tokens, or tokens twice where both halves of ∇X are summed at once. A Gauss–Newton product
    // without maps makes two d×d matrices, and then one sum of three products. Other directions have more shapes; all are taken to be as deep as any.
    private static IEnumerable<Part> Parts(Question q)
    {
        double d = q.D, n = q.N;
        var (all, columns) = (FlopCount.OfProducts(q.Loss, q.D, q.N, q.Asked), Math.Max(q.D, q.N));
        if (IsWithoutMaps(q))
            return [new(q.N, q.D, 4 * d * d * n), new(3 * q.D, columns, all - 4 * d * d * n)];
        if (q.Asked != Evaluation.Gradient) return [new(Math.Max(q.D, 2 * q.N), columns, all)];
        var (halves, overTokens) = (4 * d * n * n, q.Loss == LossModel.Output ? 4 * d * n * n : 0);
        return [new(2 * q.N, columns, halves), .. overTokens > 0 ? [new(q.N, columns, overTokens)] : (Part[])[], new(q.D, columns, all - halves - overTokens)];
    }
}
