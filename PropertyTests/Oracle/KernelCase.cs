using Unmask.Generators.Maths;
using Unmask.Kernels;

namespace Unmask.PropertyTests.Oracle;

/// <summary>A problem for a kernel, drawn from a seed. One head with its weights multiplied out, or heads that share X.</summary>
public abstract class KernelCase
{
    protected KernelCase(int d, int n, LossModel model, bool causal, int seed)
    {
        (D, N, Model, Causal, Seed) = (d, n, model, causal, seed);
        Random = new Random(seed);
        X = Draw.Normal(Random, d, n, 1);
        U = Draw.Normal(Random, d, n, 1);
        T = Draw.Normal(Random, d, n, 1);
    }

    public int D { get; }

    public int N { get; }

    public LossModel Model { get; }

    public bool Causal { get; }

    public int Seed { get; }

    public abstract int Heads { get; }

    /// <summary>Width of a head.</summary>
    public abstract int HeadWidth { get; }

    public double[,] X { get; }

    /// <summary>A direction.</summary>
    public double[,] U { get; }

    /// <summary>Another direction.</summary>
    public double[,] T { get; }

    /// <summary>Observed: one map for every head, or one output.</summary>
    public abstract double[][,] B { get; init; }

    /// <summary>What the symbols of the expressions stand for: one matrix, or one for every head.</summary>
    public IReadOnlyDictionary<string, double[][,]> Symbols => new Dictionary<string, double[][,]>(Known)
    {
        ["X"] = [X],
        ["U"] = [U],
        ["B"] = B,
        ["Bt"] = [Model == LossModel.Output ? Transpose(B[0]) : B[0]],
        ["1"] = [new double[,] { { 1 } }],
    };

    internal abstract Form Form { get; }

    /// <summary>The same problem as the scalar loops want it.</summary>
    internal abstract ScalarProblem Scalar { get; }

    protected Random Random { get; }

    protected abstract Dictionary<string, double[][,]> Known { get; }

    public override string ToString() => $"{Model} d={D} n={N} {(Causal ? "causal" : "unmasked")} seed={Seed}";

    private static double[,] Transpose(double[,] a)
    {
        var t = new double[a.GetLength(1), a.GetLength(0)];
        for (var i = 0; i < a.GetLength(0); i++)
            for (var j = 0; j < a.GetLength(1); j++) t[j, i] = a[i, j];
        return t;
    }
}
