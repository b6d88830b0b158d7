using System.Numerics.Tensors;
using Unmask.Kernels;
using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// JᵀWJ at an answer, every equation weighed by its noise, in the coordinates of <see cref="TokenFrames"/>, and how many of its eigenvalues lie below
/// a bound. docs/identifiability.md (N11), (N12).
/// </summary>
internal sealed class Information
{
    // Of the tokens' own largest singular values: F_i is made of factors that are exact to a few roundings.
    private const double LeastSeen = 1e-11;

    // Eigenvalues below this are not told from zero.
    private const double Rounding = 1e-13;

    // Per degree of freedom, as for the polish: a larger χ² says that the map came out of float32.
    private const double RoundedOnce = 4;

    private readonly NormalMatrix _normal;
    private readonly UpperStrips _matrix;
    private readonly Inertia _inertia;
    private readonly int? _threads;

    private Information(ChiSquare chiSquare, TokenFrames frames, int unseen, int? threads)
    {
        (ChiSquare, Frames, Unseen, _threads) = (chiSquare, frames, unseen, threads);
        (_normal, _matrix, _inertia) = (new NormalMatrix(chiSquare, frames, threads), new UpperStrips(Math.Max(1, frames.Count)), new Inertia(threads));
    }

    public ChiSquare ChiSquare { get; }

    public TokenFrames Frames { get; }

    /// <summary>Directions that no equation of their own token moves with: they are free whatever the others are.</summary>
    public int Unseen { get; }

    /// <param name="problem">Of scores or maps.</param>
    /// <param name="x">The answer, d×n.</param>
    /// <param name="threads">All processors unless told.</param>
    public static Information At(Problem problem, Matrix x, int? threads = null)
    {
        var rows = new PaddedMatrix<double>(x.Columns, x.Rows);
        rows.Set(x.Transpose().Values);
        var chiSquare = new ChiSquare(problem, x, Evidence.DoubleShare, threads);
        if (2 * chiSquare.MoveTo(rows) > RoundedOnce * Math.Max(1, chiSquare.Equations))
        {
            chiSquare = new ChiSquare(problem, x, 1, threads);
            chiSquare.MoveTo(rows);
        }

        var frames = TokenFrames.At(chiSquare, x.Rows, x.Columns, problem.Known.ContainsKey, problem.FrontEnd.Map(front => front.Projection), LeastSeen, threads);
        var unknown = problem.FrontEnd.Match(Some: front => front.Projection.Columns, None: () => x.Rows) * Enumerable.Range(0, x.Columns).Count(i => !problem.Known.ContainsKey(i));
        return new Information(chiSquare, frames, unknown - frames.Count, threads);
    }

    /// <summary>Directions with yᵀ(TᵀJᵀWJT)y below μ·yᵀy, the unseen ones among them.</summary>
    public int Below(double bound) => Count(bound, 0);

    /// <summary>Directions of X that move no equation by its noise while they move by <paramref name="size"/>, the unseen ones among them.</summary>
    public int Hidden(double size) => Count(Rounding, 1 / (size * size));

    /// <summary>
    /// Draws of dx, n×d, from N(0, (JᵀWJ + I/size²)⁻¹): unseen directions keep the size they have before. One matrix is handed out for all of them.
    /// </summary>
    public IEnumerable<PaddedMatrix<double>> Posterior(Problem problem, double size, double ridge, int draws)
    {
        var (d, n) = (problem.Dims.D, problem.Dims.N);
        var dx = new PaddedMatrix<double>(n, d);
        if (Frames.Count > 0)
        {
            _normal.Write(_matrix, ridge, 1 / (size * size));
            if (!new Cholesky(_threads).Factorise(_matrix, CancellationToken.None)) yield break;
        }

        for (var draw = 0; draw < draws; draw++)
        {
            var y = Starts.Normal(Frames.Count, seed: 0, draw);
            if (Frames.Count > 0) TriangleSolve.SolveUpper(_matrix, y);
            Frames.Expand(y, dx);
            if (Unseen > 0) AddUnseen(problem, Starts.Normal(d * n, seed: 1, draw), size, dx);
            yield return dx;
        }
    }

    // Noise of the given size, less its part within the frames, to every token that is not known.
    private void AddUnseen(Problem problem, double[] noise, double size, PaddedMatrix<double> dx)
    {
        var d = problem.Dims.D;
        for (var i = 0; i < problem.Dims.N; i++)
        {
            var (axes, row) = (Frames.Axes(i), noise.AsMemory(i * d, d));
            if (problem.Known.ContainsKey(i) || axes.Rows == d || problem.FrontEnd.IsSome) continue;
            for (var a = 0; a < axes.Rows; a++)
            {
                var square = TensorPrimitives.SumOfSquares(axes.Row(a));
                TensorPrimitives.MultiplyAdd(axes.Row(a), -TensorPrimitives.Dot(axes.Row(a), row.Span) / square, row.Span, row.Span);
            }

            TensorPrimitives.MultiplyAdd(row.Span, size, dx.Row(i), dx.Row(i));
        }
    }

    private int Count(double identity, double metric)
    {
        if (Frames.Count == 0) return Unseen;
        _normal.Write(_matrix, -identity, -metric);
        return Unseen + _inertia.Positive(_matrix, CancellationToken.None);
    }
}
