namespace Unmask.PropertyTests.Oracle.Numbers;

/// <summary>The arithmetic of the oracles. Sums are asked for whole, because what is known of their rounding does not depend on an order.</summary>
internal interface IReal<T>
    where T : struct, IReal<T>
{
    /// <summary>The nearest double.</summary>
    double Value { get; }

    /// <summary>An input.</summary>
    static abstract T Of(double value);

    /// <summary>A number that is exactly this.</summary>
    static abstract T Exact(double value);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    static abstract T Exp(T a);

    static abstract T Log(T a);

    static abstract T Sum(ReadOnlySpan<T> terms);

    /// <summary>Σ a b.</summary>
    static abstract T Dot(ReadOnlySpan<T> a, ReadOnlySpan<T> b);
}
