using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Unmask.Kernels;

/// <summary>Transposition of floats in blocks of 8×8 and 4×4.</summary>
internal static unsafe class SingleBlocks
{
    // Problems that a vector of 256 bits holds side by side.
    private const int Lanes = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* source, float* target, nint rows, nint columns, nint s, nint t)
    {
        nint whole = Sse.IsSupported ? columns & -4 : 0;
        nint i = 0;
        if (Avx.IsSupported)
        {
            for (; i + 8 <= rows; i += 8)
            {
                nint j = 0;
                for (; j + 8 <= columns; j += 8) Eight(source + i * s + j, source + (i + 4) * s + j, target + j * t + i, s, t);
                for (; j + 4 <= columns; j += 4)
                {
                    Four(source + i * s + j, target + j * t + i, s, t);
                    Four(source + (i + 4) * s + j, target + j * t + i + 4, s, t);
                }

                if (j < columns) Transposition.Entries(source, target, i, i + 8, j, columns, s, t);
            }
        }

        if (Sse.IsSupported)
        {
            for (; i + 4 <= rows; i += 4)
            {
                for (nint j = 0; j + 4 <= columns; j += 4) Four(source + i * s + j, target + j * t + i, s, t);
                if (whole < columns) Transposition.Entries(source, target, i, i + 4, whole, columns, s, t);
            }
        }

        if (i < rows) Transposition.Entries(source, target, i, rows, 0, columns, s, t);
    }

    /// <summary>target[e, problem] = problems[problem, e] for eight problems and so many entries e of each, which are all that it has.</summary>
    public static void Gather(float* problems, float* target, nint size) => Transposition.Run(problems, target, Lanes, size, size, Lanes);

    /// <summary>problems[problem, a, i] = source[i, a, problem] for eight problems, d features a and four or eight tokens i; rows of the source lie a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(float* source, nint stride, float* problems, nint d, nint n)
    {
        // Of eight entries of a problem, where the second four come from.
        nint size = d * n, four = n == 4 ? Lanes : 4 * stride, e = 0;
        for (; e + 8 <= size; e += 8, source += 8 / n * Lanes) Eight(source, source + four, problems + e, stride, size);
        if (e < size) Run(source, problems + e, n, Lanes, stride, size);
    }

    // Four rows and four more. Halves of one of each share a register from the start, so that no shuffle has to cross the middle.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight(float* a, float* more, float* b, nint s, nint t)
    {
        for (var half = 0; half < 2; half++, a += 4, more += 4, b += 4 * t)
        {
            Vector256<float> r0 = Pair(a, more), r1 = Pair(a + s, more + s), r2 = Pair(a + 2 * s, more + 2 * s), r3 = Pair(a + 3 * s, more + 3 * s);
            Vector256<float> l = Avx.UnpackLow(r0, r1), m = Avx.UnpackLow(r2, r3), h = Avx.UnpackHigh(r0, r1), k = Avx.UnpackHigh(r2, r3);
            *(Vector256<float>*)b = Avx.Shuffle(l, m, 0x44);
            *(Vector256<float>*)(b + t) = Avx.Shuffle(l, m, 0xEE);
            *(Vector256<float>*)(b + 2 * t) = Avx.Shuffle(h, k, 0x44);
            *(Vector256<float>*)(b + 3 * t) = Avx.Shuffle(h, k, 0xEE);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Pair(float* low, float* high) => Avx.InsertVector128(Vector256.Create(*(Vector128<float>*)low, default), *(Vector128<float>*)high, 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(float* a, float* b, nint s, nint t)
    {
        Vector128<float> r0 = *(Vector128<float>*)a, r1 = *(Vector128<float>*)(a + s), r2 = *(Vector128<float>*)(a + 2 * s), r3 = *(Vector128<float>*)(a + 3 * s);
        Vector128<float> l = Sse.UnpackLow(r0, r1), m = Sse.UnpackLow(r2, r3), h = Sse.UnpackHigh(r0, r1), k = Sse.UnpackHigh(r2, r3);
        *(Vector128<float>*)b = Sse.MoveLowToHigh(l, m);
        *(Vector128<float>*)(b + t) = Sse.MoveHighToLow(m, l);
        *(Vector128<float>*)(b + 2 * t) = Sse.MoveLowToHigh(h, k);
        *(Vector128<float>*)(b + 3 * t) = Sse.MoveHighToLow(k, h);
    }
}
