using Unmask.Generators.Maths;
using Unmask.Kernels;

namespace Unmask.PropertyTests.Oracle;

/// <summary>One head with its weights multiplied out. W is never symmetric, so a transposition slip shows.</summary>
public sealed class MergedCase : KernelCase
{
    public MergedCase(int d, int n, LossModel model, bool causal, int seed)
        : base(d, n, model, causal, seed)
    {
        W = Draw.Normal(Random, d, d, 1 / (double)d);
        V = Draw.Normal(Random, d, d, 1 / Math.Sqrt(d));
        B = [Draw.Observed(Random, model, d, n, causal)];
    }

    public double[,] W { get; init; }

    public double[,] V { get; init; }

    public override double[][,] B { get; init; }

    public override int Heads => 1;

    public override int HeadWidth => D;

    internal override Form Form => Form.Merged;

    // S = (WᵀX)ᵀ 1 X: a head as wide as the states, whose keys are the states.
    internal override ScalarProblem Scalar => new(D, N, D, Model, Causal, [W], [Identity(D)], [new double[D]], [V], B);

    protected override Dictionary<string, double[][,]> Known => new() { ["W"] = [W], ["V"] = [V] };

    private static double[,] Identity(int size)
    {
        var one = new double[size, size];
        for (var i = 0; i < size; i++) one[i, i] = 1;
        return one;
    }
}
