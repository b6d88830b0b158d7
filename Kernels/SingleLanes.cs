using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Unmask.Kernels;

/// <summary>Sixteen problems in floats, from problem after problem to side by side and back, sixteen entries of each at a time.</summary>
internal static unsafe class SingleLanes
{
    private const int Lanes = 16;

    /// <summary>target[e, problem] = problems[problem, e] for so many entries e of each problem, which are all that it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(float* problems, float* target, nint size)
    {
        nint e = 0;
        for (; e + 16 <= size; e += 16)
        {
            float* p = problems + e, t = target + e * Lanes;
            Split(p, size, out var a0, out var b0, out var c0, out var d0);
            Split(p + size, size, out var a1, out var b1, out var c1, out var d1);
            Split(p + 2 * size, size, out var a2, out var b2, out var c2, out var d2);
            Split(p + 3 * size, size, out var a3, out var b3, out var c3, out var d3);
            Store(a0, a1, a2, a3, t);
            Store(b0, b1, b2, b3, t + 4 * Lanes);
            Store(c0, c1, c2, c3, t + 8 * Lanes);
            Store(d0, d1, d2, d3, t + 12 * Lanes);
        }

        if (e < size) Transposition.Run(problems + e, target + e * Lanes, Lanes, size - e, size, Lanes);
    }

    /// <summary>problems[problem, a, i] = source[i, a, problem] for d features a and four or eight tokens i; rows of the source lie a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(float* source, nint stride, float* problems, nint d, nint n)
    {
        // Of sixteen entries of a problem, where the second four come from, and the second eight.
        nint size = d * n, four = n == 4 ? Lanes : 4 * stride, eight = 8 / n * Lanes, e = 0;
        for (; e + 16 <= size; e += 16, source += 2 * eight)
        {
            Turn(source, stride, out var a0, out var a1, out var a2, out var a3);
            Turn(source + four, stride, out var b0, out var b1, out var b2, out var b3);
            Turn(source + eight, stride, out var c0, out var c1, out var c2, out var c3);
            Turn(source + eight + four, stride, out var d0, out var d1, out var d2, out var d3);
            Join(a0, b0, c0, d0, problems + e, size);
            Join(a1, b1, c1, d1, problems + e + size, size);
            Join(a2, b2, c2, d2, problems + e + 2 * size, size);
            Join(a3, b3, c3, d3, problems + e + 3 * size, size);
        }

        for (; e < size; e += n, source += Lanes) Transposition.Run(source, problems + e, n, Lanes, stride, size);
    }

    // Sixteen entries of problems p, p + 4, p + 8, p + 12, by fours of entries.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Split(float* p, nint size, out V a, out V b, out V c, out V d) =>
        Quarters.Turn(*(V*)p, *(V*)(p + 4 * size), *(V*)(p + 8 * size), *(V*)(p + 12 * size), out a, out b, out c, out d);

    // And back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join(V a, V b, V c, V d, float* p, nint size) =>
        Quarters.Turn(a, b, c, d, out *(V*)p, out *(V*)(p + 4 * size), out *(V*)(p + 8 * size), out *(V*)(p + 12 * size));

    // Four entries of all problems.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(V r0, V r1, V r2, V r3, float* t) => Turn(r0, r1, r2, r3, out *(V*)t, out *(V*)(t + Lanes), out *(V*)(t + 2 * Lanes), out *(V*)(t + 3 * Lanes));

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
}
