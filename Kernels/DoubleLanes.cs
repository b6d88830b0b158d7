using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector512<double>;

namespace Unmask.Kernels;

/// <summary>Eight problems in doubles, from problem after problem to side by side and back, eight entries of each at a time.</summary>
internal static unsafe class DoubleLanes
{
    private const int Lanes = 8;

    /// <summary>target[e, problem] = problems[problem, e] for so many entries e of each problem, which are all that it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(double* problems, double* target, nint size)
    {
        nint e = 0;
        for (; e + 8 <= size; e += 8)
        {
            double* p = problems + e, q = p + size, t = target + e * Lanes;
            Turn(*(V*)p, *(V*)(p + 2 * size), *(V*)(p + 4 * size), *(V*)(p + 6 * size), out var a0, out var b0, out var c0, out var d0);
            Turn(*(V*)q, *(V*)(q + 2 * size), *(V*)(q + 4 * size), *(V*)(q + 6 * size), out var a1, out var b1, out var c1, out var d1);
            Store(a0, a1, t);
            Store(b0, b1, t + 2 * Lanes);
            Store(c0, c1, t + 4 * Lanes);
            Store(d0, d1, t + 6 * Lanes);
        }

        if (e < size) Transposition.Run(problems + e, target + e * Lanes, Lanes, size - e, size, Lanes);
    }

    /// <summary>problems[problem, a, i] = source[i, a, problem] for d features a and four or eight tokens i; rows of the source lie a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(double* source, nint stride, double* problems, nint d, nint n)
    {
        // Of eight entries of a problem, where the second four come from.
        nint size = d * n, four = n == 4 ? Lanes : 4 * stride, e = 0;
        for (; e + 8 <= size; e += 8, source += 8 / n * Lanes)
        {
            double* p = problems + e, q = p + size, s = source + four;
            V r0 = *(V*)source, r1 = *(V*)(source + stride), r2 = *(V*)(source + 2 * stride), r3 = *(V*)(source + 3 * stride);
            V r4 = *(V*)s, r5 = *(V*)(s + stride), r6 = *(V*)(s + 2 * stride), r7 = *(V*)(s + 3 * stride);
            Turn(Avx512F.UnpackLow(r0, r1), Avx512F.UnpackLow(r2, r3), Avx512F.UnpackLow(r4, r5), Avx512F.UnpackLow(r6, r7), out var a, out var b, out var c, out var f);
            (*(V*)p, *(V*)(p + 2 * size), *(V*)(p + 4 * size), *(V*)(p + 6 * size)) = (a, b, c, f);
            Turn(Avx512F.UnpackHigh(r0, r1), Avx512F.UnpackHigh(r2, r3), Avx512F.UnpackHigh(r4, r5), Avx512F.UnpackHigh(r6, r7), out a, out b, out c, out f);
            (*(V*)q, *(V*)(q + 2 * size), *(V*)(q + 4 * size), *(V*)(q + 6 * size)) = (a, b, c, f);
        }

        for (; e < size; e += n, source += Lanes) Transposition.Run(source, problems + e, n, Lanes, stride, size);
    }

    // Two entries of all problems.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(V even, V odd, double* t) => (*(V*)t, *(V*)(t + Lanes)) = (Avx512F.UnpackLow(even, odd), Avx512F.UnpackHigh(even, odd));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(V a, V b, V c, V d, out V first, out V second, out V third, out V fourth)
    {
        Quarters.Turn(a.AsSingle(), b.AsSingle(), c.AsSingle(), d.AsSingle(), out var e, out var f, out var g, out var h);
        (first, second, third, fourth) = (e.AsDouble(), f.AsDouble(), g.AsDouble(), h.AsDouble());
    }
}
