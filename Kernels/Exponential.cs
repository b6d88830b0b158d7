using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Unmask.Kernels;

/// <summary>e^x for x ≤ 0, as a softmax needs it.</summary>
internal static class Exponential
{
    public static double Of(double x) => double.Exp(x);

    public static float Of(float x) => float.Exp(x);

    public static Vector128<double> Of(Vector128<double> x) => Vector128.Exp(x);

    public static Vector256<double> Of(Vector256<double> x) => Vector256.Exp(x);

    public static Vector512<double> Of(Vector512<double> x) => Vector512.Exp(x);

    public static Vector128<float> Of(Vector128<float> x) => Vector128.Exp(x);

    public static Vector256<float> Of(Vector256<float> x) => Vector256.Exp(x);

    public static Vector512<float> Of(Vector512<float> x) => Vector512.Exp(x);
}
