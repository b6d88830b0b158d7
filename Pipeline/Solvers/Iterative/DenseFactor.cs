namespace Unmask.Pipeline.Solvers;

/// <summary>
/// A Cholesky factor of the curvature A + λI as a whole matrix of dr rows; one factor serves every right-hand side. Buffers are
/// made once.
/// </summary>
internal sealed class DenseFactor(int size, DenseFactor.Negated write, CancellationToken cancellation)
{
    private readonly Cholesky _cholesky = new();
    private readonly UpperStrips _factor = new(size);
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
        TriangleSolve.Solve(_factor, solution);
        return true;
    }

    private void Factorise(double damping)
    {
        write(_factor, damping);
        Made++;
        _damping = double.NaN; // should time run out
        _definite = _cholesky.Factorise(_factor, cancellation);
        _damping = damping;
    }
}
