namespace Unmask.Pipeline.Solvers;

/// <summary>Where descents begin: the given X, then standard normal ones, each from the seed and its number alone.</summary>
internal static class Starts
{
    public static double[] At(Dims dims, SolverOptions options, int number) =>
        number == 0 && options.Start.Case is Matrix start ? start.Values.ToArray() : Normal(dims.Unknowns, options.Seed, number);

    /// <summary>Standard normal numbers, the same for the same seed and number.</summary>
    public static double[] Normal(int count, ulong seed, int number)
    {
        var state = seed * 0x9E3779B97F4A7C15 + (ulong)number * 0xD1B54A32D192ED03;
        var values = new double[count];
        for (var k = 0; k < count; k++)
            values[k] = Math.Sqrt(-2 * Math.Log(Uniform(ref state))) * Math.Cos(2 * Math.PI * Uniform(ref state));
        return values;
    }

    // SplitMix64: the same numbers on every platform and version, which System.Random does not promise. In (0, 1].
    private static double Uniform(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1L << 53)) + 1.0 / (1L << 53);
    }
}
