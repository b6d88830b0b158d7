using System.Numerics.Tensors;
using Unmask.Kernels;
using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// Draws from what noise leaves of X, N(0, (JᵀWJ/φ + ρI)⁻¹), by back-substitution through a factor; what no equation of a token sees is drawn from
/// before the observation. docs/identifiability.md (N13). Buffers are made once.
/// </summary>
internal sealed class Posterior
{
    private readonly Problem _problem;
    private readonly TokenFrames _frames;
    private readonly UpperStrips _factor;
    private readonly double _spread;
    private readonly PaddedMatrix<double> _move;

    /// <param name="problem">The problem.</param>
    /// <param name="information">At the answer.</param>
    /// <param name="prior">ρ.</param>
    /// <param name="free">Whether directions within the frames are free and clearly apart from all others.</param>
    public Posterior(Problem problem, Information information, double prior, bool free)
    {
        (_problem, _frames) = (problem, information.Frames);
        // (JᵀWJ/φ + ρI)⁻¹ = φ (JᵀWJ + φρI)⁻¹.
        var (factor, larger) = information.Frames.Count > 0 ? information.Factor(prior * information.Excess, free) : (new UpperStrips(1), prior * information.Excess);
        (_factor, _spread, Prior) = (factor, Math.Sqrt(information.Excess), larger / information.Excess);
        _move = new PaddedMatrix<double>(problem.Dims.N, problem.Dims.D);
    }

    /// <summary>ρ, larger than asked for where free directions are not told from rounding otherwise.</summary>
    public double Prior { get; }

    /// <summary>Draw number so and so, n×d.</summary>
    public Matrix Draw(int number)
    {
        var (d, n) = (_problem.Dims.D, _problem.Dims.N);
        var (draw, y) = (new double[d * n], Starts.Normal(_frames.Count, seed: 0, number));
        if (y.Length > 0) TriangleSolve.SolveUpper(_factor, y);
        TensorPrimitives.Multiply(y, _spread, y);
        _frames.Expand(y, _move);
        _move.CopyTo(draw);
        var before = Starts.Normal(d * n, seed: 1, number);
        for (var i = 0; i < n; i++)
            if (!_problem.Known.ContainsKey(i) && _problem.FrontEnd.IsNone)
                AddUnseen(_frames.Axes(i), before.AsSpan(i * d, d), draw.AsSpan(i * d, d));
        return Matrix.Own(n, d, draw);
    }

    // Unit noise less its part within the frame, whose axes are orthogonal, at the size before.
    private void AddUnseen(Matrix axes, Span<double> noise, Span<double> draw)
    {
        if (axes.Rows == axes.Columns) return;
        for (var a = 0; a < axes.Rows; a++)
            TensorPrimitives.MultiplyAdd(axes.Row(a), -TensorPrimitives.Dot(axes.Row(a), noise) / TensorPrimitives.SumOfSquares(axes.Row(a)), noise, noise);
        TensorPrimitives.MultiplyAdd(noise, 1 / Math.Sqrt(Prior), draw, draw);
    }
}
