namespace Unmask.PropertyTests.Oracle.Numbers;

/// <summary>A double.</summary>
internal readonly struct Plain(double value) : IReal<Plain>
{
    public double Value { get; } = value;

    public static Plain Of(double value) => new(value);

    public static Plain Exact(double value) => new(value);

    public static Plain operator +(Plain a, Plain b) => new(a.Value + b.Value);

    public static Plain operator -(Plain a, Plain b) => new(a.Value - b.Value);

    public static Plain operator *(Plain a, Plain b) => new(a.Value * b.Value);

    public static Plain operator /(Plain a, Plain b) => new(a.Value / b.Value);

    public static Plain Exp(Plain a) => new(Math.Exp(a.Value));

    public static Plain Log(Plain a) => new(Math.Log(a.Value));

    public static Plain Sum(ReadOnlySpan<Plain> terms)
    {
        var sum = 0.0;
        foreach (var term in terms) sum += term.Value;
        return new(sum);
    }

    public static Plain Dot(ReadOnlySpan<Plain> a, ReadOnlySpan<Plain> b)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Length; k++) sum += a[k].Value * b[k].Value;
        return new(sum);
    }
}
