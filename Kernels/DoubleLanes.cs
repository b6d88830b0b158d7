using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector512<double>;

namespace Unmask.Kernels;

/// <summary>Eight problems in doubles, likewise; see <see cref="SingleLanes"/>.</summary>
internal static unsafe class DoubleLanes
{
    private const int Lanes = 8;

    /// <summary>target[e, problem] = problems[problem, e] for so many entries e of each problem, a multiple of four, which are all that it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(double* problems, double* target, nint size)
    {
        for (double* p = problems, t = target; p < problems + size; p += 4, t += 4 * Lanes)
        {
            V r0 = Two(p, size), r1 = Two(p + size, size), r2 = Two(p + 2 * size, size), r3 = Two(p + 3 * size, size);
            V l = Avx512F.UnpackLow(r0, r1), h = Avx512F.UnpackHigh(r0, r1), m = Avx512F.UnpackLow(r2, r3), k = Avx512F.UnpackHigh(r2, r3);
            Join(l, m, t);
            Join(h, k, t + Lanes);
        }
    }

    /// <summary>problems[problem, a, i] = source[i, a, problem] for d features a and four or eight tokens i; rows of the source lie a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(double* source, nint stride, double* problems, nint d, nint n)
    {
        var size = d * n;
        for (nint a = 0; a < d; a++)
            for (nint i = 0; i < n; i += 4)
            {
                double* s = source + i * stride + a * Lanes, p = problems + a * n + i;
                V r0 = *(V*)s, r1 = *(V*)(s + stride), r2 = *(V*)(s + 2 * stride), r3 = *(V*)(s + 3 * stride);
                Put(Avx512F.UnpackLow(r0, r1), Avx512F.UnpackLow(r2, r3), p, size);
                Put(Avx512F.UnpackHigh(r0, r1), Avx512F.UnpackHigh(r2, r3), p + size, size);
            }
    }

    // Four entries of two problems.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Two(double* p, nint size) => Avx512F.InsertVector256(Vector512.Create(*(Vector256<double>*)p, default), *(Vector256<double>*)(p + 4 * size), 1);

    // Quarters of a: entry e of problems 0 and 1, e + 2 of the same, e of 4 and 5, e + 2 of the same; of b those of two problems further.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join(V a, V b, double* t)
    {
        *(V*)t = Avx512F.PermuteVar8x64x2(a, Vector512.Create(0L, 1, 8, 9, 4, 5, 12, 13), b);
        *(V*)(t + 2 * Lanes) = Avx512F.PermuteVar8x64x2(a, Vector512.Create(2L, 3, 10, 11, 6, 7, 14, 15), b);
    }

    // Quarters of a: two tokens of problems p, p + 2, p + 4, p + 6; of b the two that follow.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(V a, V b, double* p, nint size)
    {
        V low = Avx512F.PermuteVar8x64x2(a, Vector512.Create(0L, 1, 8, 9, 2, 3, 10, 11), b), high = Avx512F.PermuteVar8x64x2(a, Vector512.Create(4L, 5, 12, 13, 6, 7, 14, 15), b);
        *(Vector256<double>*)p = low.GetLower();
        *(Vector256<double>*)(p + 2 * size) = low.GetUpper();
        *(Vector256<double>*)(p + 4 * size) = high.GetLower();
        *(Vector256<double>*)(p + 6 * size) = high.GetUpper();
    }
}
