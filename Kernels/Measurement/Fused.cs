using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Unmask.Kernels.Measurement;

/// <summary>A multiply-add on one register, so that one loop is written for every width and precision.</summary>
internal interface IFused<TVector>
{
    /// <summary>Lanes of the register.</summary>
    static abstract int Count { get; }

    static abstract TVector All(double value);

    static abstract TVector Add(TVector a, TVector b, TVector c);

    static abstract double First(TVector v);
}

internal readonly struct Fused512Single : IFused<Vector512<float>>
{
    public static int Count => 16;

    public static Vector512<float> All(double value) => Vector512.Create((float)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.FusedMultiplyAdd(a, b, c);

    public static double First(Vector512<float> v) => v[0];
}

internal readonly struct Fused512Double : IFused<Vector512<double>>
{
    public static int Count => 8;

    public static Vector512<double> All(double value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Add(Vector512<double> a, Vector512<double> b, Vector512<double> c) => Vector512.FusedMultiplyAdd(a, b, c);

    public static double First(Vector512<double> v) => v[0];
}

internal readonly struct Fused256Single : IFused<Vector256<float>>
{
    public static int Count => 8;

    public static Vector256<float> All(double value) => Vector256.Create((float)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);

    public static double First(Vector256<float> v) => v[0];
}

internal readonly struct Fused256Double : IFused<Vector256<double>>
{
    public static int Count => 4;

    public static Vector256<double> All(double value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> a, Vector256<double> b, Vector256<double> c) => Vector256.FusedMultiplyAdd(a, b, c);

    public static double First(Vector256<double> v) => v[0];
}

internal readonly struct Fused128Single : IFused<Vector128<float>>
{
    public static int Count => 4;

    public static Vector128<float> All(double value) => Vector128.Create((float)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(a, b, c);

    public static double First(Vector128<float> v) => v[0];
}

internal readonly struct Fused128Double : IFused<Vector128<double>>
{
    public static int Count => 2;

    public static Vector128<double> All(double value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Add(Vector128<double> a, Vector128<double> b, Vector128<double> c) => Vector128.MultiplyAddEstimate(a, b, c);

    public static double First(Vector128<double> v) => v[0];
}

internal readonly struct FusedScalarSingle : IFused<float>
{
    public static int Count => 1;

    public static float All(double value) => (float)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float a, float b, float c) => float.MultiplyAddEstimate(a, b, c);

    public static double First(float v) => v;
}

internal readonly struct FusedScalarDouble : IFused<double>
{
    public static int Count => 1;

    public static double All(double value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Add(double a, double b, double c) => double.MultiplyAddEstimate(a, b, c);

    public static double First(double v) => v;
}
