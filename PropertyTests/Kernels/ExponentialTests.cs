using System.Reflection;
using System.Runtime.Intrinsics;
using Unmask.PropertyTests.Oracle.Numbers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Kernels;

/// <summary>The exponential that is written into every pass: e^x for x ≤ 20 to two units in the last place, zero below the floor.</summary>
public class ExponentialTests(ITestOutputHelper output)
{
    private const double Units = 2;
    private const int Draws = 40_000;

    // Programs of tiny sizes subtract no maximum up to here.
    private const double Highest = 20;

    [Fact]
    public void Doubles_are_within_two_units()
    {
        double[] x = [0, -708, .. Draw(new Random(1), 708).Select(v => Math.Max(v, -708))];
        var exact = x.Select(v => DoubleDouble.Exp(DoubleDouble.Of(v))).ToArray();
        foreach (var exp in Emitted<double>(PassTypes.Double))
        {
            var (name, result) = (exp.Name, exp.Of(x));
            Assert.Equal(1, result[0]);
            var worst = Enumerable.Range(0, x.Length).MaxBy(k => Off(k, result));
            output.WriteLine($"{name}: {Off(worst, result):F3} units at {x[worst]:R}");
            Assert.True(Off(worst, result) <= Units, $"{name}: e^{x[worst]:R} is {Off(worst, result)} units off");
        }

        double Off(int k, double[] result) => Math.Abs((exact[k] - DoubleDouble.Of(result[k])).Value) / (Math.BitIncrement(exact[k].High) - exact[k].High);
    }

    [Fact]
    public void Singles_are_within_two_units()
    {
        float[] x = [0, -87, .. Draw(new Random(2), 87).Select(v => Math.Max((float)v, -87))];
        foreach (var exp in Emitted<float>(PassTypes.Single))
        {
            var (name, result) = (exp.Name, exp.Of(x));
            Assert.Equal(1, result[0]);
            var worst = Enumerable.Range(0, x.Length).MaxBy(k => Off(k, result));
            output.WriteLine($"{name}: {Off(worst, result):F3} units at {x[worst]:R}");
            Assert.True(Off(worst, result) <= Units, $"{name}: e^{x[worst]:R} is {Off(worst, result)} units off");
        }

        double Off(int k, float[] result) => Math.Abs(Math.Exp(x[k]) - result[k]) / (MathF.BitIncrement((float)Math.Exp(x[k])) - (float)Math.Exp(x[k]));
    }

    [Fact]
    public void Below_the_floor_is_nothing()
    {
        foreach (var exp in Emitted<double>(PassTypes.Double))
            Assert.All(exp.Of([Math.BitDecrement(-708), -709, -745, -1e30, double.MinValue, double.NegativeInfinity]), e => Assert.Equal(0, BitConverter.DoubleToInt64Bits(e)));
        foreach (var exp in Emitted<float>(PassTypes.Single))
            Assert.All(exp.Of([MathF.BitDecrement(-87), -88, -104, -1e30f, float.MinValue, float.NegativeInfinity]), e => Assert.Equal(0, BitConverter.SingleToInt32Bits(e)));
    }

    // All of the range from the floor to the highest alike, the neighbourhood of zero, and both sides of the points where k changes, where |r| is largest.
    private static IEnumerable<double> Draw(Random random, double floor)
    {
        for (var k = 0; k < Draws; k++) yield return Highest - (floor + Highest) * random.NextDouble();
        for (var k = 0; k < Draws; k++) yield return (k % 2 == 0 ? -1 : 1) * Math.Pow(10, -16 * random.NextDouble());
        for (var k = 0.5 - Math.Floor(Highest / Math.Log(2)); k * Math.Log(2) < floor; k++)
            foreach (var side in new[] { 1 - 1e-7, 1, 1 + 1e-7 }) yield return -k * Math.Log(2) * side;
    }

    private static List<(string Name, Func<T[], T[]> Of)> Emitted<T>(IEnumerable<Type> passes)
        where T : unmanaged
    {
        // Plain numbers use the runtime's own.
        var found = passes.Where(type => PassTypes.Bits(type) > 0).Select(type => (type.Name, Of<T>(type.GetMethod("Exp", BindingFlags.Static | BindingFlags.NonPublic)
            ?? throw new InvalidOperationException($"{type.Name} has no exponential")))).ToList();
        Assert.Equal(passes.Count() - 1, found.Count);
        return found;
    }

    private static Func<T[], T[]> Of<T>(MethodInfo exp)
        where T : unmanaged
    {
        if (exp.ReturnType == typeof(Vector512<T>)) return x => Mapped(x, Vector512<T>.Count, (from, to) => exp.CreateDelegate<Func<Vector512<T>, Vector512<T>>>()(Vector512.Create(from)).CopyTo(to));
        if (exp.ReturnType == typeof(Vector256<T>)) return x => Mapped(x, Vector256<T>.Count, (from, to) => exp.CreateDelegate<Func<Vector256<T>, Vector256<T>>>()(Vector256.Create(from)).CopyTo(to));
        return x => Mapped(x, Vector128<T>.Count, (from, to) => exp.CreateDelegate<Func<Vector128<T>, Vector128<T>>>()(Vector128.Create(from)).CopyTo(to));
    }

    private static T[] Mapped<T>(T[] x, int lanes, Action<T[], T[]> vector)
    {
        var (result, piece) = (new List<T>(), new T[lanes]);
        foreach (var chunk in x.Chunk(lanes))
        {
            vector([.. chunk, .. Enumerable.Repeat(chunk[0], lanes - chunk.Length)], piece);
            result.AddRange(piece.Take(chunk.Length));
        }

        return [.. result];
    }
}
