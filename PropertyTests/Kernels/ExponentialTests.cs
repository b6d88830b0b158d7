using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Unmask.PropertyTests.Oracle.Numbers;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Kernels;

/// <summary>
/// The exponentials that are written into passes: e^x for x ≤ 20 to two units in the last place, zero below the floor; and the one of tiny sizes for |x| ≤ 20.
/// </summary>
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
        foreach (var exp in Emitted<double>(PassTypes.Double)) AssertTwoUnits(exp, x, Off);
    }

    [Fact]
    public void Singles_are_within_two_units()
    {
        float[] x = [0, -87, .. Draw(new Random(2), 87).Select(v => Math.Max((float)v, -87))];
        foreach (var exp in Emitted<float>(PassTypes.Single)) AssertTwoUnits(exp, x, Off);
    }

    [Fact]
    public void Near_zero_it_is_so_without_a_floor()
    {
        double[] x = [0, -Highest, .. Draw(new Random(3), Highest).Select(v => Math.Max(v, -Highest))];
        var (doubles, singles) = (Emitted<double>(PassTypes.Double, "Near"), Emitted<float>(PassTypes.Single, "Near"));
        Assert.Equal((Wide(PassTypes.Double, sizeof(double)), Wide(PassTypes.Single, sizeof(float))), (doubles.Count, singles.Count));
        foreach (var exp in doubles) AssertTwoUnits(exp, x, Off);
        foreach (var exp in singles) AssertTwoUnits(exp, [.. x.Select(v => (float)v)], Off);

        static int Wide(IEnumerable<Type> passes, int bytes) => passes.Count(type => PassTypes.Bits(type) >= 256 && PassTypes.Lanes(type, bytes) == 1);
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

    private static double Off(double x, double found)
    {
        var exact = DoubleDouble.Exp(DoubleDouble.Of(x));
        return Math.Abs((exact - DoubleDouble.Of(found)).Value) / (Math.BitIncrement(exact.High) - exact.High);
    }

    private static double Off(float x, float found) => Math.Abs(Math.Exp(x) - found) / (MathF.BitIncrement((float)Math.Exp(x)) - (float)Math.Exp(x));

    // The first of the numbers is zero.
    private void AssertTwoUnits<T>((string Name, Func<T[], T[]> Of) exp, T[] x, Func<T, T, double> off)
        where T : unmanaged, INumberBase<T>
    {
        var result = exp.Of(x);
        Assert.Equal(T.One, result[0]);
        Assert.DoesNotContain(result, T.IsNaN);
        var (at, worst) = x.Zip(result, (v, found) => (v, off(v, found))).MaxBy(one => one.Item2);
        output.WriteLine($"{exp.Name}: {worst:F3} units at {at:R}");
        Assert.True(worst <= Units, $"{exp.Name}: e^{at:R} is {worst} units off");
    }

    private static List<(string Name, Func<T[], T[]> Of)> Emitted<T>(IEnumerable<Type> passes)
        where T : unmanaged
    {
        var found = Emitted<T>(passes, "Exp");
        Assert.Equal(passes.Count() - 1, found.Count); // plain numbers use the runtime's own
        return found;
    }

    private static List<(string Name, Func<T[], T[]> Of)> Emitted<T>(IEnumerable<Type> passes, string name)
        where T : unmanaged =>
        [.. from type in passes
            where PassTypes.Bits(type) > 0
            let exp = type.GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)
            where exp is not null
            select ($"{type.Name}.{name}", Of<T>(exp))];

    private static Func<T[], T[]> Of<T>(MethodInfo exp)
        where T : unmanaged
    {
        if (exp.GetParameters().Length > 1) return WithConstants<T>(exp);
        if (exp.ReturnType == typeof(Vector512<T>)) return x => Mapped(x, Vector512<T>.Count, (from, to) => exp.CreateDelegate<Func<Vector512<T>, Vector512<T>>>()(Vector512.Create(from)).CopyTo(to));
        if (exp.ReturnType == typeof(Vector256<T>)) return x => Mapped(x, Vector256<T>.Count, (from, to) => exp.CreateDelegate<Func<Vector256<T>, Vector256<T>>>()(Vector256.Create(from)).CopyTo(to));
        return x => Mapped(x, Vector128<T>.Count, (from, to) => exp.CreateDelegate<Func<Vector128<T>, Vector128<T>>>()(Vector128.Create(from)).CopyTo(to));
    }

    // Of 256 bits, from constants in memory.
    private static unsafe Func<T[], T[]> WithConstants<T>(MethodInfo exp)
        where T : unmanaged
    {
        var memory = GC.AllocateArray<T>(32 * Vector256<T>.Count, pinned: true);
        exp.DeclaringType!.GetMethod("LayNear", BindingFlags.Static | BindingFlags.NonPublic)!.CreateDelegate<Lay<T>>()(Start(), 1);
        return x => Mapped(x, Vector256<T>.Count, (from, to) => exp.CreateDelegate<FromMemory<T>>()(Vector256.Create(from), Start()).CopyTo(to));

        T* Start() => (T*)Unsafe.AsPointer(ref memory[0]);
    }

    private unsafe delegate void Lay<T>(T* c, int copies)
        where T : unmanaged;

    private unsafe delegate Vector256<T> FromMemory<T>(Vector256<T> x, T* c)
        where T : unmanaged;

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
