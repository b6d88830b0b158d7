using System.Numerics;
using System.Runtime.InteropServices;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// A problem and its expected answer as peers/reference writes them: doubles, row-major, in the order of peers/common/problem.hpp.
/// </summary>
internal sealed record ProblemFile(double[] W, double[] V, double[] X, double[] U, double[] B, double[] Loss, double[] Result)
{
    public static ProblemFile Read(string folder, Question q)
    {
        var numbers = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Path.Combine(folder, q.File)));
        var (weights, states, seen) = (q.D * q.D, q.D * q.N * q.Count, q.N * (q.Model == "output" ? q.D : q.N) * q.Count);
        var parts = new List<double[]>();
        foreach (var length in (int[])[weights, weights, states, states, seen, q.Count, states])
        {
            parts.Add(numbers[..length].ToArray());
            numbers = numbers[length..];
        }

        return new(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]);
    }

    public static T[] To<T>(double[] values)
        where T : INumberBase<T> => [.. values.Select(T.CreateChecked)];

    /// <summary>The largest difference, relative to the largest entry expected.</summary>
    public static double Difference<T>(IEnumerable<T> found, double[] expected)
        where T : INumberBase<T>
    {
        var most = found.Zip(expected, (a, b) => Math.Abs(double.CreateChecked(a) - b)).Max();
        return double.IsNaN(most) ? double.PositiveInfinity : most / expected.Max(Math.Abs);
    }
}
