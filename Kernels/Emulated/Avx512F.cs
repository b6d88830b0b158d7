using System.Runtime.Intrinsics;

namespace Unmask;

/// <summary>
/// Instructions of AVX-512 one lane after another, for machines without them: names that are nearer than those of the runtime, so that the same text computes the same, slowly. Part of a
/// build with EmulateAvx512 only, which tests every kernel of 512 bits anywhere.
/// </summary>
internal static unsafe class Avx512F
{
    private const int Bits32 = 16;
    private const int Bits64 = 8;
    private const int Quarters = 4;

    public static Vector512<float> PermuteVar16x32(Vector512<float> value, Vector512<int> order)
    {
        Vector512<float> result = default;
        for (var i = 0; i < Bits32; i++) ((float*)&result)[i] = ((float*)&value)[((int*)&order)[i] & (Bits32 - 1)];
        return result;
    }

    public static Vector512<int> PermuteVar16x32(Vector512<int> value, Vector512<int> order) => PermuteVar16x32(value.AsSingle(), order).AsInt32();

    public static Vector512<double> PermuteVar8x64(Vector512<double> value, Vector512<long> order)
    {
        Vector512<double> result = default;
        for (var i = 0; i < Bits64; i++) ((double*)&result)[i] = ((double*)&value)[((long*)&order)[i] & (Bits64 - 1)];
        return result;
    }

    public static Vector512<double> PermuteVar8x64x2(Vector512<double> low, Vector512<long> order, Vector512<double> high)
    {
        Vector512<double> result = default;
        for (var i = 0; i < Bits64; i++)
        {
            var from = ((long*)&order)[i] & (2 * Bits64 - 1);
            ((double*)&result)[i] = from < Bits64 ? ((double*)&low)[from] : ((double*)&high)[from - Bits64];
        }

        return result;
    }

    public static Vector512<long> PermuteVar8x64x2(Vector512<long> low, Vector512<long> order, Vector512<long> high) =>
        PermuteVar8x64x2(low.AsDouble(), order, high.AsDouble()).AsInt64();

    /// <summary>Within each quarter, by two bits an entry.</summary>
    public static Vector512<float> Permute4x32(Vector512<float> value, byte control)
    {
        Vector512<float> result = default;
        for (var i = 0; i < Bits32; i++) ((float*)&result)[i] = ((float*)&value)[(i & ~3) + (control >> (2 * (i & 3)) & 3)];
        return result;
    }

    /// <summary>Within each quarter, by one bit an entry.</summary>
    public static Vector512<double> Permute2x64(Vector512<double> value, byte control)
    {
        Vector512<double> result = default;
        for (var i = 0; i < Bits64; i++) ((double*)&result)[i] = ((double*)&value)[(i & ~1) + (control >> i & 1)];
        return result;
    }

    /// <summary>Two quarters of either, by two bits each.</summary>
    public static Vector512<float> Shuffle4x128(Vector512<float> low, Vector512<float> high, byte control)
    {
        Vector512<float> result = default;
        for (var i = 0; i < Quarters; i++) ((Vector128<float>*)&result)[i] = ((Vector128<float>*)(i < 2 ? &low : &high))[control >> (2 * i) & 3];
        return result;
    }

    public static Vector512<double> Shuffle4x128(Vector512<double> low, Vector512<double> high, byte control) =>
        Shuffle4x128(low.AsSingle(), high.AsSingle(), control).AsDouble();

    /// <summary>In each quarter two entries of either, by two bits each.</summary>
    public static Vector512<float> Shuffle(Vector512<float> low, Vector512<float> high, byte control)
    {
        Vector512<float> result = default;
        for (var i = 0; i < Bits32; i++) ((float*)&result)[i] = ((float*)((i & 2) == 0 ? &low : &high))[(i & ~3) + (control >> (2 * (i & 3)) & 3)];
        return result;
    }

    public static Vector512<float> UnpackLow(Vector512<float> low, Vector512<float> high) => Unpack(low, high, 0);

    public static Vector512<float> UnpackHigh(Vector512<float> low, Vector512<float> high) => Unpack(low, high, 2);

    public static Vector512<double> UnpackLow(Vector512<double> low, Vector512<double> high) => Unpack(low, high, 0);

    public static Vector512<double> UnpackHigh(Vector512<double> low, Vector512<double> high) => Unpack(low, high, 1);

    public static Vector512<float> DuplicateEvenIndexed(Vector512<float> value) => Permute4x32(value, 0xA0);

    public static Vector512<float> DuplicateOddIndexed(Vector512<float> value) => Permute4x32(value, 0xF5);

    public static Vector512<double> DuplicateEvenIndexed(Vector512<double> value) => Permute2x64(value, 0x00);

    public static Vector512<float> BroadcastVector128ToVector512(float* address) => Vector512.Create(Vector256.Create(*(Vector128<float>*)address));

    public static Vector512<float> FusedMultiplySubtract(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.FusedMultiplyAdd(a, b, -c);

    public static Vector512<double> FusedMultiplySubtract(Vector512<double> a, Vector512<double> b, Vector512<double> c) => Vector512.FusedMultiplyAdd(a, b, -c);

    public static Vector512<float> FusedMultiplyAddNegated(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.FusedMultiplyAdd(-a, b, c);

    public static Vector512<double> FusedMultiplyAddNegated(Vector512<double> a, Vector512<double> b, Vector512<double> c) => Vector512.FusedMultiplyAdd(-a, b, c);

    private static Vector512<float> Unpack(Vector512<float> low, Vector512<float> high, int first)
    {
        Vector512<float> result = default;
        for (var i = 0; i < Bits32; i++) ((float*)&result)[i] = ((float*)((i & 1) == 0 ? &low : &high))[(i & ~3) + first + ((i & 3) >> 1)];
        return result;
    }

    private static Vector512<double> Unpack(Vector512<double> low, Vector512<double> high, int first)
    {
        Vector512<double> result = default;
        for (var i = 0; i < Bits64; i++) ((double*)&result)[i] = ((double*)((i & 1) == 0 ? &low : &high))[(i & ~1) + first];
        return result;
    }
}
