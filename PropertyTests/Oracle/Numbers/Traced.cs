namespace Unmask.PropertyTests.Oracle.Numbers;

/// <summary>
/// A value, and how far rounding may have moved it, in unit roundoffs. Every rule is the first order of Higham's error analysis (Accuracy and
/// Stability of Numerical Algorithms, §3): an operation rounds once, errors of operands pass through its derivative, and a sum of k terms in
/// any order, fused or not, errs by at most k u Σ|terms|.
/// </summary>
internal readonly struct Traced(double value, double error) : IReal<Traced>
{
    // Two units in the last place, each at most two unit roundoffs: what the emitted exponential and the runtime's logarithm promise.
    private const double Function = 4;

    public double Value { get; } = value;

    /// <summary>The bound on what rounding did, divided by the unit roundoff.</summary>
    public double Error { get; } = error;

    /// <summary>An input, which was itself rounded where the kernel is in single precision.</summary>
    public static Traced Of(double value) => new(value, Math.Abs(value));

    public static Traced Exact(double value) => new(value, 0);

    public static Traced operator +(Traced a, Traced b) => Rounded(a.Value + b.Value, a.Error + b.Error);

    public static Traced operator -(Traced a, Traced b) => Rounded(a.Value - b.Value, a.Error + b.Error);

    public static Traced operator *(Traced a, Traced b) => Rounded(a.Value * b.Value, Math.Abs(a.Value) * b.Error + Math.Abs(b.Value) * a.Error);

    // A reciprocal and a product.
    public static Traced operator /(Traced a, Traced b)
    {
        var quotient = a.Value / b.Value;
        return new(quotient, a.Error / Math.Abs(b.Value) + Math.Abs(quotient) * (b.Error / Math.Abs(b.Value) + 2));
    }

    public static Traced Exp(Traced a) => new(Math.Exp(a.Value), Math.Exp(a.Value) * (a.Error + Function));

    public static Traced Log(Traced a) => new(Math.Log(a.Value), a.Error / a.Value + Function * Math.Abs(Math.Log(a.Value)));

    public static Traced Sum(ReadOnlySpan<Traced> terms)
    {
        var (sum, size, error) = (0.0, 0.0, 0.0);
        foreach (var term in terms) (sum, size, error) = (sum + term.Value, size + Math.Abs(term.Value), error + term.Error);
        return new(sum, error + terms.Length * size);
    }

    public static Traced Dot(ReadOnlySpan<Traced> a, ReadOnlySpan<Traced> b)
    {
        var (sum, size, error) = (0.0, 0.0, 0.0);
        for (var k = 0; k < a.Length; k++)
        {
            var term = a[k] * b[k];
            (sum, size, error) = (sum + term.Value, size + Math.Abs(term.Value), error + term.Error);
        }

        return new(sum, error + a.Length * size);
    }

    private static Traced Rounded(double value, double passed) => new(value, passed + Math.Abs(value));
}
