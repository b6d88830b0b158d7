using Unmask.PropertyTests.Oracle.Numbers;
using Xunit;

namespace Unmask.PropertyTests.Oracle;

/// <summary>The arithmetic that kernels are measured by, against digits from elsewhere.</summary>
public class DoubleDoubleTests
{
    // Exponential and logarithm end in a few dozen operations of 2^-104 each.
    private const double Tolerance = 1e-28;

    // High and low part of e^x, from 60 decimal digits.
    [Theory]
    [InlineData(1.0, 2.718281828459045, 1.4456468917292502e-16)]
    [InlineData(-0.5, 0.6065306597126334, -6.593178415491414e-19)]
    [InlineData(1e-10, 1.0000000001, -8.269037096265652e-18)]
    [InlineData(-0.001, 0.999000499833375, -3.026024053145243e-17)]
    [InlineData(-34.6, 9.406128904299175e-16, -4.654757005645556e-32)]
    [InlineData(-300.25, 4.009422364622857e-131, -9.421845746665655e-148)]
    [InlineData(12.75, 344551.8961378237, 9.678951622529575e-13)]
    public void Exponentials_have_thirty_digits(double x, double high, double low)
    {
        var e = DoubleDouble.Exp(DoubleDouble.Of(x));
        Assert.True(Math.Abs((e - new DoubleDouble(high, low)).Value) <= Tolerance * Math.Abs(high), $"{e.High:R} + {e.Low:R}");
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(99.5)]
    [InlineData(1e30)]
    public void Logarithms_undo_them(double x) =>
        Assert.True(Math.Abs((DoubleDouble.Exp(DoubleDouble.Log(DoubleDouble.Of(x))) - DoubleDouble.Of(x)).Value) <= 100 * Tolerance * x); // the logarithm's own size

    [Fact]
    public void Digits_beyond_a_double_are_kept()
    {
        var tiny = DoubleDouble.Of(Math.ScaleB(1, -90));
        Assert.Equal(Math.ScaleB(1, -90), (DoubleDouble.Of(1) + tiny - DoubleDouble.Of(1)).Value);
        var third = DoubleDouble.Of(1) / DoubleDouble.Of(3);
        Assert.True(Math.Abs((third * DoubleDouble.Of(3) - DoubleDouble.Of(1)).Value) <= Math.ScaleB(1, -104));
    }
}
