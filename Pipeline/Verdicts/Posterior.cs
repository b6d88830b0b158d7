using System.Numerics.Tensors;
using Unmask.Kernels;
using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// Draws from what noise leaves of X, N(0, (JᵀWJ + ρI)⁻¹): a draw z from before the observation, size 1/√ρ, less what an observation of it with noise e
/// tells of it. What the observation does not see stays z to the last digit. docs/identifiability.md (N13). Buffers are made once.
/// </summary>
internal sealed class Posterior
{
    // Each takes the error of a solve by a factor of a matrix that is rounded down by what the rounding is of an eigenvalue.
    private const int Refinements = 2;

    private readonly Problem _problem;
    private readonly Information _information;
    private readonly UpperStrips _factor;
    private readonly double _prior;
    private readonly Option<Matrix> _span;
    private readonly PaddedMatrix<double> _before, _image, _noise, _move;

    public Posterior(Problem problem, Information information, double size)
    {
        var (d, n) = (problem.Dims.D, problem.Dims.N);
        (_problem, _information, _prior) = (problem, information, 1 / (size * size));
        _factor = information.Factor(_prior);
        _span = problem.FrontEnd.Map(front => HouseholderQr.Of(front.Projection).Q());
        (_before, _image, _noise, _move) = (new(n, d), new(n, d), new(n, d), new(n, d));
    }

    /// <summary>Draw number so and so, n×d, in units of the size before.</summary>
    public Matrix Draw(int number)
    {
        SetBefore(number);
        _information.ChiSquare.Product(_before, _image);
        _information.ChiSquare.Noise(number, _noise);
        TensorPrimitives.Add(_image.Padded, _noise.Padded, _image.Padded);
        var (count, frames) = (_information.Frames.Count, _information.Frames);
        var (y, rest, correction) = (new double[count], new double[count], new double[count]);
        frames.Compress(_image, rest);
        for (var pass = 0; pass <= Refinements && count > 0; pass++)
        {
            if (pass > 0) TakeOff(rest, correction);
            rest.CopyTo(correction, 0);
            TriangleSolve.Solve(_factor, correction);
            TensorPrimitives.Add<double>(y, correction, y);
        }

        frames.Expand(y, _move);
        TensorPrimitives.Subtract(_before.Padded, _move.Padded, _before.Padded);
        var values = new double[_before.Rows * _before.Columns];
        _before.CopyTo(values);
        TensorPrimitives.Multiply(values, Math.Sqrt(_prior), values);
        return Matrix.Own(_before.Rows, _before.Columns, values);
    }

    // What y leaves of the right-hand side: that of the last pass less (TᵀJᵀWJT + ρTᵀT) times the last correction.
    private void TakeOff(double[] rest, double[] correction)
    {
        _information.Frames.Expand(correction, _move);
        _information.ChiSquare.Product(_move, _noise);
        TensorPrimitives.MultiplyAdd(_move.Padded, _prior, _noise.Padded, _noise.Padded);
        _information.Frames.Compress(_noise, correction);
        TensorPrimitives.Subtract<double>(rest, correction, rest);
    }

    private void SetBefore(int number)
    {
        var (d, n, size) = (_problem.Dims.D, _problem.Dims.N, 1 / Math.Sqrt(_prior));
        var unit = Starts.Normal(d * n, seed: 0, number);
        for (var i = 0; i < n; i++)
        {
            var row = _before.Row(i);
            row.Clear();
            if (_problem.Known.ContainsKey(i)) continue;
            var draw = _span.Match(
                Some: q => (q * (q.Transpose() * Matrix.Of(d, 1, unit.AsSpan(i * d, d)))).Values.ToArray(),
                None: () => unit[(i * d)..((i + 1) * d)]);
            TensorPrimitives.Multiply(draw, size, row);
        }
    }
}
