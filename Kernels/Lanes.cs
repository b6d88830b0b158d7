using System.Runtime.Intrinsics;

namespace Unmask.Kernels;

/// <summary>Reductions of one vector that the runtime does not offer.</summary>
internal static class Lanes
{
    public static double Largest(Vector512<double> v) => Largest(Vector256.Max(v.GetLower(), v.GetUpper()));

    public static double Largest(Vector256<double> v) => Largest(Vector128.Max(v.GetLower(), v.GetUpper()));

    public static double Largest(Vector128<double> v) => Math.Max(v[0], v[1]);

    public static float Largest(Vector512<float> v) => Largest(Vector256.Max(v.GetLower(), v.GetUpper()));

    public static float Largest(Vector256<float> v) => Largest(Vector128.Max(v.GetLower(), v.GetUpper()));

    public static float Largest(Vector128<float> v) => Math.Max(Math.Max(v[0], v[1]), Math.Max(v[2], v[3]));
}
