namespace Unmask.Pipeline.Formats;

/// <summary>The upper half of a float32: 8 exponent bits, 7 of mantissa. The base library has no such type in this version.</summary>
internal static class BFloat16
{
    public static double ToDouble(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    public static ushort ToBits(double value) =>
        double.IsNaN(value) ? (ushort)0x7FC0 : (ushort)(BitConverter.SingleToUInt32Bits((float)Round(value)) >> 16);

    /// <summary>The nearest bfloat16, ties to even; ±∞ beyond the largest. Rounds once: by way of float32 it would round twice.</summary>
    public static double Round(double value)
    {
        if (value == 0 || !double.IsFinite(value)) return value;
        var spacing = Math.ScaleB(1, Math.Max(Math.ILogB(value), -126) - 7);
        var rounded = Math.Round(value / spacing) * spacing;
        return Math.Abs(rounded) < Math.ScaleB(1, 128) ? rounded : Math.CopySign(double.PositiveInfinity, value);
    }
}
