using Unmask.PropertyTests.Oracle;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Comparison of two ways to the same numbers.</summary>
internal static class Close
{
    /// <summary>
    /// Every entry is a few nested sums of at most n + d products (n + d + h for every thin head), each rounded; the error grows at most with
    /// their count times the unit roundoff, relative to the largest magnitudes in the sum. 64 covers the nesting (up to six products deep) and
    /// the size of the terms that cancel. A wrong index, sign or mask is off by the magnitude itself.
    /// </summary>
    public static double Bound(KernelCase c, double roundoff, double magnitude) =>
        64 * (c.N + c.D + (c is HeadsCase ? c.Heads * c.HeadWidth : 0)) * roundoff * Math.Max(1, magnitude);

    public static void Assert(string what, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, KernelCase c, double roundoff)
    {
        Xunit.Assert.Equal(expected.Length, actual.Length);
        var magnitude = 0.0;
        foreach (var e in expected) magnitude = Math.Max(magnitude, Math.Abs(e));
        var bound = Bound(c, roundoff, magnitude);
        for (var k = 0; k < expected.Length; k++)
            if (!(Math.Abs(expected[k] - actual[k]) <= bound))
                throw new Xunit.Sdk.XunitException($"{what}[{k / c.N}, {k % c.N}]: expected {expected[k]:R}, got {actual[k]:R}, bound {bound:E2}");
    }

    public static void Assert(string what, double expected, double actual, KernelCase c, double roundoff) =>
        Assert(what, [expected], [actual], c, roundoff * Math.Sqrt(c.N));
}
