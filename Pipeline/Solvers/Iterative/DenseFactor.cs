using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The curvature A as a whole matrix of dr rows and a Cholesky factor of A + λI. One matrix serves every damping tried at a point, one factor
/// every right-hand side. Buffers are made once.
/// </summary>
internal sealed class DenseFactor(int size, CancellationToken cancellation)
{
    // Not cleared: many a descent never touches them.
    private readonly double[] _matrix = GC.AllocateUninitializedArray<double>(size * size);
    private readonly double[] _factor = GC.AllocateUninitializedArray<double>(size * size);
    private readonly Cholesky _cholesky = new(size);
    private bool _assembled;
    private bool _definite;
    private double _damping = double.NaN;

    /// <summary>Factorisations made so far.</summary>
    public int Made { get; private set; }

    public void Forget() => (_assembled, _damping) = (false, double.NaN);

    /// <summary>Whether A + λI is already factored at this point.</summary>
    public bool Holds(double damping) => damping == _damping;

    /// <summary>v = (A + λI)⁻¹ b; false if the matrix is not positive definite. The lower triangle of A is asked for once a point.</summary>
    public bool Solve(double damping, ReadOnlySpan<double> right, Span<double> solution, Action<double[]> assemble)
    {
        if (!Holds(damping)) Factorise(damping, assemble);
        if (!_definite) return false;
        right.CopyTo(solution);
        Cholesky.Solve(_factor, size, solution);
        return true;
    }

    private void Factorise(double damping, Action<double[]> assemble)
    {
        if (!_assembled) assemble(_matrix);
        (_assembled, _damping) = (true, damping);
        for (var i = 0; i < size; i++)
        {
            _matrix.AsSpan(i * size, i + 1).CopyTo(_factor.AsSpan(i * size));
            _factor[i * size + i] += damping;
        }

        Made++;
        _definite = _cholesky.Factorise(_factor, size, cancellation);
    }
}
