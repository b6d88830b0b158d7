namespace Unmask.Pipeline;

/// <summary>The format the observed numbers were stored in, which bounds what they can tell.</summary>
public abstract record Precision
{
    private Precision()
    {
    }

    public static Precision Float64 { get; } = new Floating("f64", 52, -1022);

    public static Precision Float32 { get; } = new Floating("f32", 23, -126);

    public static Precision Float16 { get; } = new Floating("f16", 10, -14);

    public static Precision BFloat16 { get; } = new Floating("bf16", 7, -126);

    /// <summary>Numbers printed with a fixed count of digits after the point.</summary>
    public static Precision Decimals(int digits) => new Rounded(digits);

    /// <summary>The name used on the command line: f64, f32, f16, bf16, decimals:K.</summary>
    public abstract string Name { get; }

    /// <summary>Largest rounding error of a stored value near <paramref name="value"/>: half the spacing of the format there.</summary>
    public abstract double RoundingError(double value);

    /// <summary>The largest true value that may have been stored as zero.</summary>
    public abstract double ZeroCeiling { get; }

    public sealed override string ToString() => Name;

    private sealed record Floating(string Label, int MantissaBits, int MinExponent) : Precision
    {
        public override string Name => Label;

        public override double ZeroCeiling => Math.ScaleB(0.5, MinExponent - MantissaBits);

        public override double RoundingError(double value)
        {
            // Exponents as they stand in the bits, a quarter of the time of ILogB and ScaleB; what has none of its own has the least.
            var exponent = Math.Max(MinExponent, (int)((BitConverter.DoubleToUInt64Bits(value) >> 52) & 0x7FF) - 1023);
            var unit = exponent - MantissaBits - 1;
            return unit >= -1022 ? BitConverter.UInt64BitsToDouble((ulong)(unit + 1023) << 52) : Math.ScaleB(1, unit);
        }
    }

    private sealed record Rounded(int Digits) : Precision
    {
        public override string Name => $"decimals:{Digits}";

        public override double ZeroCeiling => 0.5 * Math.Pow(10, -Digits);

        public override double RoundingError(double value) => ZeroCeiling;
    }
}
