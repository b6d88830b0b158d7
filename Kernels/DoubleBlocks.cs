using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Unmask.Kernels;

/// <summary>Transposition of doubles in blocks of 4×4.</summary>
internal static unsafe class DoubleBlocks
{
    // Problems that a vector of 256 bits holds side by side.
    private const int Lanes = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(double* source, double* target, nint rows, nint columns, nint s, nint t)
    {
        nint i = 0;
        if (Avx.IsSupported)
        {
            for (; i + 4 <= rows; i += 4)
            {
                nint j = 0;
                for (; j + 4 <= columns; j += 4) Four(source + i * s + j, target + j * t + i, s, t);
                if (j < columns) Transposition.Entries(source, target, i, i + 4, j, columns, s, t);
            }
        }

        if (i < rows) Transposition.Entries(source, target, i, rows, 0, columns, s, t);
    }

    /// <summary>target[e, problem] = problems[problem, e] for four problems and so many entries e of each, which are all that it has.</summary>
    public static void Gather(double* problems, double* target, nint size) => Transposition.Run(problems, target, Lanes, size, size, Lanes);

    /// <summary>problems[problem, a, i] = source[i, a, problem] for four problems, d features a and four or eight tokens i; rows of the source lie a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(double* source, nint stride, double* problems, nint d, nint n)
    {
        for (nint a = 0; a < d; a++, source += Lanes)
            for (nint i = 0; i < n; i += 4, problems += 4) Four(source + i * stride, problems, stride, d * n);
    }

    // Halves of rows r and r + 2 share a register from the start, so that no shuffle has to cross the middle.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(double* a, double* b, nint s, nint t)
    {
        for (var half = 0; half < 2; half++, a += 2, b += 2 * t)
        {
            Vector256<double> r0 = Pair(a, a + 2 * s), r1 = Pair(a + s, a + 3 * s);
            *(Vector256<double>*)b = Avx.UnpackLow(r0, r1);
            *(Vector256<double>*)(b + t) = Avx.UnpackHigh(r0, r1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Pair(double* low, double* high) => Avx.InsertVector128(Vector256.Create(*(Vector128<double>*)low, default), *(Vector128<double>*)high, 1);
}
