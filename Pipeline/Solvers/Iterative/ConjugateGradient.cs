using System.Numerics;
using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Conjugate gradients for (A + λI) v = b, A known by its products only, with each iteration's vector work in two passes over memory. Buffers
/// are made once.
/// </summary>
internal sealed class ConjugateGradient(NewtonStep.Product curvature, int size, int mostIterations, double tolerance, CancellationToken cancellation)
{
    /// <summary>How far the residual falls as a rule: what is left of it the next outer iteration takes, which has an error of its own.</summary>
    public const double Inexact = 1e-2;

    /// <summary>How far it falls where the step itself is what is asked for.</summary>
    public const double Exact = 1e-13;

    private readonly double[] _residual = new double[size];
    private readonly double[] _direction = new double[size];
    private readonly double[] _product = new double[size];

    /// <summary>What the last solve ended with.</summary>
    public enum Outcome
    {
        Solved,
        NotInTime,
        NotDefinite,
    }

    /// <summary>How much of the iterations it may take the last solve took.</summary>
    public double ShareOfTime { get; private set; }

    /// <summary>Products taken so far.</summary>
    public long Products { get; private set; }

    public Outcome Solve(double damping, ReadOnlySpan<double> right, Span<double> solution)
    {
        solution.Clear();
        right.CopyTo(_residual);
        right.CopyTo(_direction);
        var square = TensorPrimitives.SumOfSquares(right);
        var goal = tolerance * tolerance * square;
        for (var iteration = 0; square > goal; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            ShareOfTime = (iteration + 1.0) / mostIterations;
            if (iteration == mostIterations) return Outcome.NotInTime;
            curvature(_direction, _product);
            Products++;
            var bend = TensorPrimitives.Dot<double>(_direction, _product) + damping * TensorPrimitives.SumOfSquares<double>(_direction);
            if (bend <= 0) return Outcome.NotDefinite;
            var next = Advance(square / bend, damping, solution);
            Turn(next / square);
            square = next;
        }

        return Outcome.Solved;
    }

    // v += αp and r −= α(Ap + λp) in one pass; the square of r.
    private double Advance(double length, double damping, Span<double> solution)
    {
        var (width, k, squares) = (Vector<double>.Count, 0, Vector<double>.Zero);
        for (; k + width <= size; k += width)
        {
            var p = new Vector<double>(_direction, k);
            var product = Vector.MultiplyAddEstimate(new Vector<double>(damping), p, new Vector<double>(_product, k));
            Vector.MultiplyAddEstimate(new Vector<double>(length), p, new Vector<double>(solution[k..])).CopyTo(solution[k..]);
            var r = Vector.MultiplyAddEstimate(new Vector<double>(-length), product, new Vector<double>(_residual, k));
            r.CopyTo(_residual, k);
            squares = Vector.MultiplyAddEstimate(r, r, squares);
        }

        var square = Vector.Sum(squares);
        for (; k < size; k++)
        {
            solution[k] += length * _direction[k];
            _residual[k] -= length * (_product[k] + damping * _direction[k]);
            square += _residual[k] * _residual[k];
        }

        return square;
    }

    // p = r + βp.
    private void Turn(double share) => TensorPrimitives.MultiplyAdd(_direction, share, _residual, _direction);
}
