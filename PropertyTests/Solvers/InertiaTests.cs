using MathNet.Numerics.LinearAlgebra;
using Unmask.Pipeline.Solvers;
using Xunit;

namespace Unmask.PropertyTests.Solvers;

/// <summary>Counting eigenvalues without computing them.</summary>
public class InertiaTests
{
    // Both sides of a small matrix and of a strip.
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(320)]
    [InlineData(325)]
    [InlineData(400)]
    public void ItCountsWhatIsAboveAShift(int size)
    {
        var random = Matrix<double>.Build.Random(size, size, size);
        var matrix = random + random.Transpose();
        var eigenvalues = matrix.Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).Order().ToArray();
        foreach (var place in new[] { 0, size / 3, size - 1 })
        {
            var shift = place == 0 ? eigenvalues[0] - 1 : 0.5 * (eigenvalues[place - 1] + eigenvalues[place]);
            Assert.Equal(size - place, Count(matrix - shift * Matrix<double>.Build.DenseIdentity(size), null));
        }
    }

    [Fact]
    public void AMatrixOfLowRank()
    {
        var factor = Matrix<double>.Build.Random(500, 120, 3);
        var matrix = factor * factor.Transpose();
        foreach (var threads in new[] { 1, 3 })
            Assert.Equal(380, Count(1e-9 * Matrix<double>.Build.DenseIdentity(500) - matrix, threads));
    }

    private static int Count(Matrix<double> matrix, int? threads)
    {
        var strips = new UpperStrips(matrix.RowCount);
        for (var i = 0; i < matrix.RowCount; i++) strips.SetRow(i, matrix.Row(i).ToArray().AsSpan(i));
        return new Inertia(threads).Positive(strips, CancellationToken.None);
    }
}
