namespace Unmask.PropertyTests.Oracle.Numbers;

/// <summary>A number as the unevaluated sum of two doubles, 106 bits: what the kernels compute is exact by comparison.</summary>
internal readonly struct DoubleDouble(double high, double low) : IReal<DoubleDouble>
{
    // ln 2 to 106 bits.
    private static readonly DoubleDouble LogTwo = new(0.69314718055994529, 2.3190468138462996e-17);

    public double High { get; } = high;

    public double Low { get; } = low;

    public double Value => High + Low;

    public static DoubleDouble Of(double value) => new(value, 0);

    public static DoubleDouble Exact(double value) => new(value, 0);

    public static DoubleDouble operator +(DoubleDouble a, DoubleDouble b)
    {
        var (s, e) = TwoSum(a.High, b.High);
        var (t, f) = TwoSum(a.Low, b.Low);
        (s, e) = QuickTwoSum(s, e + t);
        return Normal(s, e + f);
    }

    public static DoubleDouble operator -(DoubleDouble a) => new(-a.High, -a.Low);

    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + -b;

    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        var product = a.High * b.High;
        var error = Math.FusedMultiplyAdd(a.High, b.High, -product);
        return Normal(product, error + (a.High * b.Low + a.Low * b.High));
    }

    public static DoubleDouble operator /(DoubleDouble a, DoubleDouble b)
    {
        var first = a.High / b.High;
        var rest = a - b * Of(first);
        var second = rest.High / b.High;
        rest -= b * Of(second);
        return Of(first) + Of(second) + Of(rest.High / b.High);
    }

    /// <summary>x = k ln 2 + 512 r: a Taylor series in r, |r| ≤ 0.0007, squared nine times.</summary>
    public static DoubleDouble Exp(DoubleDouble a)
    {
        const int squarings = 9;
        var k = Math.Round(a.High / LogTwo.High);
        var r = (a - LogTwo * Of(k)) * Of(1.0 / (1 << squarings));
        var (term, sum) = (r, r);
        for (var n = 2; n <= 9; n++)
        {
            term = term * r / Of(n);
            sum += term;
        }

        // e^2r − 1 from e^r − 1, so that no digit is lost to the one.
        for (var i = 0; i < squarings; i++) sum = sum * sum + sum + sum;
        sum += Of(1);
        return new(Math.ScaleB(sum.High, (int)k), Math.ScaleB(sum.Low, (int)k));
    }

    /// <summary>Newton's steps on e^y = x.</summary>
    public static DoubleDouble Log(DoubleDouble a)
    {
        var y = Of(Math.Log(a.High));
        for (var step = 0; step < 2; step++) y += a * Exp(-y) - Of(1);
        return y;
    }

    public static DoubleDouble Sum(ReadOnlySpan<DoubleDouble> terms)
    {
        var sum = Of(0);
        foreach (var term in terms) sum += term;
        return sum;
    }

    public static DoubleDouble Dot(ReadOnlySpan<DoubleDouble> a, ReadOnlySpan<DoubleDouble> b)
    {
        var sum = Of(0);
        for (var k = 0; k < a.Length; k++) sum += a[k] * b[k];
        return sum;
    }

    private static (double Sum, double Error) TwoSum(double a, double b)
    {
        var sum = a + b;
        var part = sum - a;
        return (sum, a - (sum - part) + (b - part));
    }

    private static (double Sum, double Error) QuickTwoSum(double a, double b)
    {
        var sum = a + b;
        return (sum, b - (sum - a));
    }

    private static DoubleDouble Normal(double a, double b)
    {
        var (sum, error) = QuickTwoSum(a, b);
        return new(sum, error);
    }
}
