using Unmask.Kernels;

namespace Unmask.PropertyTests.Oracle;

/// <summary>A problem for a kernel, drawn from a seed: W is never symmetric, so a transposition slip shows.</summary>
public sealed class KernelCase
{
    public KernelCase(int d, int n, LossModel model, bool causal, int seed)
    {
        (D, N, Model, Causal, Seed) = (d, n, model, causal, seed);
        var random = new Random(seed);
        X = Normal(random, d, n, 1);
        U = Normal(random, d, n, 1);
        T = Normal(random, d, n, 1);
        W = Normal(random, d, d, 1 / (double)d);
        V = Normal(random, d, d, 1 / Math.Sqrt(d));
        B = model switch
        {
            LossModel.Output => Normal(random, n, d, 1),
            LossModel.Scores or LossModel.LogAttention => Hide(Normal(random, n, n, 1)),
            _ => Stochastic(random),
        };
    }

    public int D { get; }

    public int N { get; }

    public LossModel Model { get; }

    public bool Causal { get; }

    public int Seed { get; }

    public double[,] X { get; }

    /// <summary>A direction.</summary>
    public double[,] U { get; }

    /// <summary>Another direction.</summary>
    public double[,] T { get; }

    public double[,] W { get; }

    public double[,] V { get; }

    public double[,] B { get; }

    public IReadOnlyDictionary<string, double[,]> Symbols => new Dictionary<string, double[,]>
    {
        ["X"] = X,
        ["U"] = U,
        ["W"] = W,
        ["V"] = V,
        ["B"] = B,
        ["Bt"] = Model == LossModel.Output ? Transpose(B) : B,
        ["1"] = new double[,] { { 1 } },
    };

    public override string ToString() => $"{Model} d={D} n={N} {(Causal ? "causal" : "unmasked")} seed={Seed}";

    private double[,] Stochastic(Random random)
    {
        var b = Hide(Normal(random, N, N, 1));
        for (var i = 0; i < N; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < (Causal ? i + 1 : N); j++) sum += b[i, j] = Math.Exp(b[i, j]);
            for (var j = 0; j < N; j++) b[i, j] /= sum;
        }

        return b;
    }

    private double[,] Hide(double[,] b)
    {
        for (var i = 0; Causal && i < N; i++)
            for (var j = i + 1; j < N; j++) b[i, j] = 0;
        return b;
    }

    private static double[,] Transpose(double[,] a)
    {
        var t = new double[a.GetLength(1), a.GetLength(0)];
        for (var i = 0; i < a.GetLength(0); i++)
            for (var j = 0; j < a.GetLength(1); j++) t[j, i] = a[i, j];
        return t;
    }

    private static double[,] Normal(Random random, int rows, int columns, double scale)
    {
        var a = new double[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                a[i, j] = scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return a;
    }
}
