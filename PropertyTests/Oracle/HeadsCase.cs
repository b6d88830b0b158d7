using Unmask.Generators.Maths;
using Unmask.Kernels;

namespace Unmask.PropertyTests.Oracle;

/// <summary>Heads that share X, with thin weights and perhaps a query bias.</summary>
public sealed class HeadsCase : KernelCase
{
    public HeadsCase(int d, int n, int heads, int headWidth, bool hasBias, LossModel model, bool causal, int seed)
        : base(d, n, model, causal, seed)
    {
        (Heads, HeadWidth, HasBias) = (heads, headWidth, hasBias);

        // Scores of unit size, as in the merged case.
        WQ = Each(() => Draw.Normal(Random, d, headWidth, 1 / Math.Sqrt((double)d * headWidth)));
        WK = Each(() => Draw.Normal(Random, d, headWidth, 1 / Math.Sqrt(d)));
        Bias = Each(() => Draw.Normal(Random, headWidth, 1, hasBias ? 1 / Math.Sqrt(headWidth) : 0));
        V = Each(() => Draw.Normal(Random, d, d, 1 / Math.Sqrt(d)));
        B = model == LossModel.Output ? [Draw.Observed(Random, model, d, n, causal)] : Each(() => Draw.Observed(Random, model, d, n, causal));
    }

    public override int Heads { get; }

    public override int HeadWidth { get; }

    public bool HasBias { get; }

    public double[][,] WQ { get; }

    public double[][,] WK { get; }

    public double[][,] Bias { get; }

    public double[][,] V { get; }

    public override double[][,] B { get; init; }

    internal override Form Form => Form.Joint;

    internal override ScalarProblem Scalar => new(D, N, HeadWidth, Model, Causal, WQ, WK, [.. Bias.Select(b => b.Cast<double>().ToArray())], V, B);

    protected override Dictionary<string, double[][,]> Known => new() { ["WQ"] = WQ, ["WK"] = WK, ["bQ"] = Bias, ["V"] = V };

    public override string ToString() => $"{base.ToString()} heads={Heads}x{HeadWidth}{(HasBias ? " biased" : "")}";

    private double[][,] Each(Func<double[,]> draw) => [.. Enumerable.Range(0, Heads).Select(_ => draw())];
}
