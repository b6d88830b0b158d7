namespace Unmask.Pipeline;

/// <summary>The size of a problem: d is the width of a state, n the number of tokens. Both at least 1.</summary>
public readonly record struct Dims
{
    private Dims(int d, int n) => (D, N) = (d, n);

    public int D { get; }

    public int N { get; }

    public int Unknowns => D * N;

    public static Fin<Dims> Of(int d, int n) =>
        d >= 1 && n >= 1 ? new Dims(d, n) : Faults.BadDims(d, n);

    public override string ToString() => $"d={D}, n={N}";
}
