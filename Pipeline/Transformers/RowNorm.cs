using Unmask.Kernels;
using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Transformers;

/// <summary>A norm of every row of a batch.</summary>
internal sealed class RowNorm(Norm norm)
{
    /// <summary>Both may be the same matrix.</summary>
    public void Apply(PaddedMatrix<double> x, PaddedMatrix<double> y)
    {
        for (var i = 0; i < x.Rows; i++) Norms.Apply(norm, x.Row(i), y.Row(i));
    }
}
