namespace Unmask.PropertyTests.Kernels;

/// <summary>Comparison of two ways to the same numbers, each within what rounding explains.</summary>
internal static class Close
{
    /// <summary>Products of two errors, which the first order leaves out: a unit roundoff times an error is at most 1 % of the value at sizes of tests.</summary>
    private const double HigherOrders = 1.01;

    // Exponentials of single precision may be flushed to zero below its smallest normal number; sums of them are off by no more than this.
    private const double Underflow = 1e-36;

    /// <param name="errors">Bound on each entry, in unit roundoffs.</param>
    /// <param name="roundoff">Of both ways together.</param>
    public static void Assert(string what, ReadOnlySpan<double> expected, ReadOnlySpan<double> errors, ReadOnlySpan<double> actual, double roundoff)
    {
        Xunit.Assert.Equal(expected.Length, actual.Length);
        for (var k = 0; k < expected.Length; k++)
        {
            var bound = HigherOrders * roundoff * errors[k] + Underflow;
            if (!(Math.Abs(expected[k] - actual[k]) <= bound))
                throw new Xunit.Sdk.XunitException($"{what}[{k}]: expected {expected[k]:R}, got {actual[k]:R}, bound {bound:E2}");
        }
    }

    public static void Assert(string where, BoundedRun expected, KernelRun actual, double roundoff)
    {
        foreach (var ((name, values), (_, errors), (_, run)) in expected.Values.Parts.Zip(expected.Errors.Parts, actual.Parts))
            Assert($"{where} {name}", values, errors, run, roundoff);
    }
}
