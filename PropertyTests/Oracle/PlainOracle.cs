using Unmask.PropertyTests.Oracle.Numbers;

namespace Unmask.PropertyTests.Oracle;

/// <summary>The scalar loops in doubles.</summary>
internal sealed class PlainOracle(KernelCase c)
{
    private readonly ScalarOracle<Plain> _loops = new(c.Scalar);

    public double Loss(double[,] x) => _loops.Loss(In<Plain>(x)).Value;

    /// <summary>Every entry of Z, head after head.</summary>
    public double[] Residual(double[,] x) => [.. _loops.Residual(In<Plain>(x)).SelectMany(Flat)];

    public double[] Gradient(double[,] x) => Flat(_loops.Gradient(In<Plain>(x)));

    public static double[] Flat<T>(T[,] a)
        where T : struct, IReal<T> => [.. a.Cast<T>().Select(v => v.Value)];

    public static T[,] In<T>(double[,] x)
        where T : struct, IReal<T>
    {
        var result = new T[x.GetLength(0), x.GetLength(1)];
        for (var i = 0; i < x.GetLength(0); i++)
            for (var j = 0; j < x.GetLength(1); j++) result[i, j] = T.Of(x[i, j]);
        return result;
    }
}
