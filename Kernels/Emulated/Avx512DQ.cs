using System.Runtime.Intrinsics;

namespace Unmask;

/// <summary>See <see cref="Avx512F"/>.</summary>
internal static unsafe class Avx512DQ
{
    // The greater of two magnitudes.
    private const byte GreaterMagnitude = 0x0B;

    public static Vector512<double> BroadcastVector128ToVector512(double* address) => Vector512.Create(Vector256.Create(*(Vector128<double>*)address));

    public static Vector512<float> Range(Vector512<float> a, Vector512<float> b, byte control) =>
        control == GreaterMagnitude ? Vector512.Max(Vector512.Abs(a), Vector512.Abs(b)) : throw new NotSupportedException($"range by {control}");

    public static Vector512<double> Range(Vector512<double> a, Vector512<double> b, byte control) =>
        control == GreaterMagnitude ? Vector512.Max(Vector512.Abs(a), Vector512.Abs(b)) : throw new NotSupportedException($"range by {control}");
}
