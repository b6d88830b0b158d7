namespace Unmask.Pipeline.Solvers;

/// <summary>
/// A Cholesky factor of the curvature A + λI as a whole matrix of dr rows; one factor serves every right-hand side. Memory is taken when the
/// first is asked for: many a descent never does.
/// </summary>
internal sealed class DenseFactor(int size, DenseFactor.Negated write, CancellationToken cancellation)
{
    private readonly Cholesky _cholesky = new();
    private UpperStrips? _factor;
    private bool _definite;
    private double _damping = double.NaN;

    /// <summary>Writes the upper triangle of −(A + λI).</summary>
    public delegate void Negated(UpperStrips target, double damping);

    /// <summary>Factorisations made so far.</summary>
    public int Made { get; private set; }

    public void Forget() => _damping = double.NaN;

    /// <summary>Whether A + λI is already factored at this point.</summary>
    public bool Holds(double damping) => damping == _damping;

    /// <summary>v = (A + λI)⁻¹ b; false if the matrix is not positive definite.</summary>
    public bool Solve(double damping, ReadOnlySpan<double> right, Span<double> solution)
    {
        if (!Holds(damping)) Factorise(damping);
        if (!_definite) return false;
        right.CopyTo(solution);
        TriangleSolve.Solve(_factor!, solution);
        return true;
    }

    private void Factorise(double damping)
    {
        write(_factor ??= new UpperStrips(size), damping);
        Made++;
        _damping = double.NaN; // should time run out
        _definite = _cholesky.Factorise(_factor, cancellation);
        _damping = damping;
    }
}
