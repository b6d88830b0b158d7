using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Unmask.Kernels;

/// <summary>
/// Sixteen problems in floats, from problem after problem to side by side and back, by vectors of 512 bits. A register holds the halves of two problems
/// that lie eight apart, so that most shuffles stay within quarters of it.
/// </summary>
internal static unsafe class SingleLanes
{
    private const int Lanes = 16;

    /// <summary>target[e, problem] = problems[problem, e] for so many entries e of each problem, which are all that it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(float* problems, float* target, nint size)
    {
        nint e = 0;
        for (float* p = problems, t = target; e + 8 <= size; e += 8, p += 8, t += 8 * Lanes)
        {
            Turn(Two(p, size), Two(p + size, size), Two(p + 2 * size, size), Two(p + 3 * size, size), out var a0, out var a1, out var a2, out var a3);
            p += 4 * size;
            Turn(Two(p, size), Two(p + size, size), Two(p + 2 * size, size), Two(p + 3 * size, size), out var b0, out var b1, out var b2, out var b3);
            p -= 4 * size;
            Join(a0, b0, t);
            Join(a1, b1, t + Lanes);
            Join(a2, b2, t + 2 * Lanes);
            Join(a3, b3, t + 3 * Lanes);
        }

        if (e < size) Transposition.Entries(problems, target, 0, Lanes, e, size, size, Lanes);
    }

    /// <summary>problems[problem, a, i] = source[i, a, problem] for d features a and four or eight tokens i; rows of the source lie a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(float* source, nint stride, float* problems, nint d, nint n)
    {
        // Four tokens of one feature, and the next four: of the same, or of the feature after it.
        nint size = d * n, after = n == 4 ? Lanes : 4 * stride, next = n == 4 ? 2 * Lanes : Lanes, e = 0;
        for (; e + 8 <= size; e += 8, source += next)
        {
            var p = problems + e;
            Turn(source, stride, out var a0, out var a1, out var a2, out var a3);
            Turn(source + after, stride, out var b0, out var b1, out var b2, out var b3);
            Put(a0, b0, p, size);
            Put(a1, b1, p + size, size);
            Put(a2, b2, p + 2 * size, size);
            Put(a3, b3, p + 3 * size, size);
        }

        if (e < size) Transposition.Entries(source, problems + e, 0, 4, 0, Lanes, stride, size);
    }

    // Eight entries of two problems.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Two(float* p, nint size) => Avx512DQ.InsertVector256(Vector512.Create(*(Vector256<float>*)p, default), *(Vector256<float>*)(p + 8 * size), 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(float* r, nint stride, out V a, out V b, out V c, out V d) =>
        Turn(*(V*)r, *(V*)(r + stride), *(V*)(r + 2 * stride), *(V*)(r + 3 * stride), out a, out b, out c, out d);

    // Transposes each quarter of four registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(V r0, V r1, V r2, V r3, out V a, out V b, out V c, out V d)
    {
        V l = Avx512F.UnpackLow(r0, r1), m = Avx512F.UnpackLow(r2, r3), h = Avx512F.UnpackHigh(r0, r1), k = Avx512F.UnpackHigh(r2, r3);
        (a, b, c, d) = (Avx512F.Shuffle(l, m, 0x44), Avx512F.Shuffle(l, m, 0xEE), Avx512F.Shuffle(h, k, 0x44), Avx512F.Shuffle(h, k, 0xEE));
    }

    // Quarters of a: entry e of problems 0–3, e + 4 of the same, e of 8–11, e + 4 of the same; of b those of four problems further.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join(V a, V b, float* t)
    {
        *(V*)t = Quarters(a, b, Vector512.Create(0L, 1, 8, 9, 4, 5, 12, 13));
        *(V*)(t + 4 * Lanes) = Quarters(a, b, Vector512.Create(2L, 3, 10, 11, 6, 7, 14, 15));
    }

    // Quarters of a: four tokens of problems p, p + 4, p + 8, p + 12; of b the four that follow.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(V a, V b, float* p, nint size)
    {
        V low = Quarters(a, b, Vector512.Create(0L, 1, 8, 9, 2, 3, 10, 11)), high = Quarters(a, b, Vector512.Create(4L, 5, 12, 13, 6, 7, 14, 15));
        *(Vector256<float>*)p = low.GetLower();
        *(Vector256<float>*)(p + 4 * size) = low.GetUpper();
        *(Vector256<float>*)(p + 8 * size) = high.GetLower();
        *(Vector256<float>*)(p + 12 * size) = high.GetUpper();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Quarters(V a, V b, Vector512<long> from) => Avx512F.PermuteVar8x64x2(a.AsInt64(), from, b.AsInt64()).AsSingle();
}
