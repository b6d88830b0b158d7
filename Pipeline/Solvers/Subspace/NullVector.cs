using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The vector T of length one that the system sends nearest to zero, what is left of it, and the least that is left of any T at right angles to it.
/// </summary>
internal sealed record NullVector(double[] T, double Left, double Next)
{
    // The triangle of a normal matrix of this many unknowns takes 290 MB and a factorisation of some 2e11 operations.
    private const int MostWritten = 8500;

    // Above this, products are quicker than the factor where there are twice as many equations as unknowns.
    private const int MostWithSpare = 4000;

    private const int Iterations = 8;
    private const int MostRefinements = 40;

    // Well above the rounding of the normal matrix, whose norm is one: what the residuals of a refinement have of it is divided by this, along a
    // vector that is wrong by as much as squaring costs.
    private const double LeastShift = 1e-12;
    private const double MostShift = 1e-8;

    /// <summary>
    /// By a factor of the normal matrix where that is small enough to be written, by its products where it is not, or where it is large and there are
    /// tokens to spare, which makes them few.
    /// </summary>
    public static Fin<NullVector> Of(SubspaceSystem system, SolverOptions options) =>
        system.Unknowns < (Spare(system) ? MostWithSpare : MostWritten) ? Factorised(system, options) : Searched(system, options);

    /// <summary>By products alone: docs/subspace.md (S16).</summary>
    public static NullVector Searched(SubspaceSystem system, SolverOptions options)
    {
        var (first, second) = NullVectorDescent.Run(system, Start(system.Unknowns, 1), Start(system.Unknowns, 2), options);
        return new NullVector(first, system.Apply(first).FrobeniusNorm(), system.Apply(second).FrobeniusNorm());
    }

    private static bool Spare(SubspaceSystem system) =>
        (long)system.Sides.Tokens.Count * (system.Seen - system.Elimination.Range.Columns) >= 2L * system.Unknowns;

    // Inverse iteration with two vectors on one Cholesky factor: docs/subspace.md (S9), (S10).
    private static Fin<NullVector> Factorised(SubspaceSystem system, SolverOptions options)
    {
        var size = system.Unknowns;
        if (Factor(system, options) is not { } factor) return Faults.SubspaceSingular();
        var (first, second) = (Start(size, 1), Start(size, 2));
        var (left, next) = (0.0, 0.0);
        for (var k = 0; k < Iterations; k++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            TriangleSolve.Solve(factor, first);
            TriangleSolve.Solve(factor, second);
            (first, second, left, next) = Ritz(system, first, second);
            options.Progress(new SolverProgress(Subspace.Name, k + 1, Iterations + MostRefinements, left));
        }

        // Squaring lost half of the digits. The residual of the system itself has them: x − M⁻¹Aᵀ(Ax), until that is rounding.
        var squared = new SubspaceOperator(system, options.Threads.ToNullable());
        var (before, now) = (double.PositiveInfinity, double.MaxValue);
        for (var k = 0; k < MostRefinements && now < before / 2; k++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var correction = squared.Times(first);
            TriangleSolve.Solve(factor, correction);
            TensorPrimitives.MultiplyAdd(first, -TensorPrimitives.Dot<double>(first, correction), correction, correction);
            TensorPrimitives.Subtract(first, correction, first);
            Normalise(first);
            (before, now, left) = (now, TensorPrimitives.Norm<double>(correction), system.Apply(first).FrobeniusNorm());
            options.Progress(new SolverProgress(Subspace.Name, Iterations + k + 1, Iterations + MostRefinements, left));
        }

        return new NullVector(first, left, next);
    }

    private static UpperStrips? Factor(SubspaceSystem system, SolverOptions options)
    {
        var threads = options.Threads.ToNullable();
        var (normal, strips) = (new SubspaceNormal(system, threads), new UpperStrips(system.Unknowns));
        for (var shift = LeastShift; shift <= MostShift; shift *= 10)
        {
            normal.Write(strips, shift);
            if (new Cholesky(threads).Factorise(strips, options.Cancellation)) return strips;
        }

        return null;
    }

    private static double[] Start(int size, int number) => Starts.At(Dims.Of(1, size).ThrowIfFail(), SolverOptions.Default, number);

    // The same plane, turned so that what is left of its two vectors is at right angles: the singular vectors of the system on it.
    private static (double[] First, double[] Second, double Left, double Next) Ritz(SubspaceSystem system, double[] x, double[] y)
    {
        Normalise(x);
        for (var twice = 0; twice < 2; twice++) TensorPrimitives.MultiplyAdd(x, -TensorPrimitives.Dot<double>(x, y), y, y);
        Normalise(y);
        var (ax, ay) = (system.Apply(x), system.Apply(y));
        var (xx, xy, yy) = (Dot(ax, ax), Dot(ax, ay), Dot(ay, ay));
        var angle = 0.5 * Math.Atan2(2 * xy, xx - yy); // of the larger one
        var (sin, cos) = Math.SinCos(angle);
        var (small, large) = (Combine(-sin, x, cos, y), Combine(cos, x, sin, y));
        return (small, large, (cos * ay - sin * ax).FrobeniusNorm(), (cos * ax + sin * ay).FrobeniusNorm());
    }

    private static double Dot(Matrix a, Matrix b) => TensorPrimitives.Dot(a.Values, b.Values);

    private static double[] Combine(double a, double[] x, double b, double[] y)
    {
        var sum = new double[x.Length];
        TensorPrimitives.Multiply(y, b, sum);
        TensorPrimitives.MultiplyAdd(x, a, sum, sum);
        return sum;
    }

    private static void Normalise(double[] x) => TensorPrimitives.Divide(x, TensorPrimitives.Norm<double>(x), x);
}
