namespace Unmask.Pipeline.Solvers;

/// <summary>Solves (A + λM) p = −g at the point of the last gradient, A the curvature that the kernel gives and M the token metric.</summary>
internal abstract class NewtonStep
{
    public delegate void Product(ReadOnlySpan<double> direction, Span<double> product);

    // Up to here the factorisation of the whole matrix is quicker than the many conjugate steps of a badly conditioned one, and more exact.
    private const int MostDense = 4200;

    public static NewtonStep For(BoundKernel bound, Product curvature, CancellationToken cancellation)
    {
        var size = bound.Kernel.D * bound.Kernel.N;
        return size <= MostDense
            ? new DenseStep(curvature, bound.NewMetric(), bound.Kernel.N, size, cancellation)
            : new ConjugateGradient(curvature, bound.NewMetric(), size, cancellation);
    }

    /// <summary>Takes the curvature at X, which the kernel's last gradient was taken at.</summary>
    public abstract void MoveTo(ReadOnlySpan<double> x);

    /// <summary>
    /// Writes p into <paramref name="step"/>; returns the decrease of the damped quadratic model that p promises, NaN if the damped
    /// matrix is not positive definite and there is no step.
    /// </summary>
    public abstract double Solve(double damping, ReadOnlySpan<double> gradient, Span<double> step);

    /// <summary>The curvature along the preconditioned steepest descent: the natural unit of λ.</summary>
    public abstract double Unit(ReadOnlySpan<double> gradient);
}
