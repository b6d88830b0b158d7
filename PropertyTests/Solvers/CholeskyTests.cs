using MathNet.Numerics.LinearAlgebra;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Kernels;
using Xunit;

namespace Unmask.PropertyTests.Solvers;

/// <summary>The factor of a matrix in strips: it is one, it has the same bits on any number of threads, and it costs no memory.</summary>
[Collection(Alone.Name)]
public class CholeskyTests
{
    // Both sides of every border: a register tile, a vector, a small matrix, one strip and several.
    public static TheoryData<int> Sizes => [1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 33, 100, 272, 319, 320, 321, 384, 385, 391, 577];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_factor_solves(int size)
    {
        var matrix = Definite(size);
        var expected = Vector<double>.Build.Random(size, 3);
        var x = (matrix * expected).ToArray();
        var strips = Negated(matrix);
        Assert.True(new Cholesky().Factorise(strips, CancellationToken.None));
        TriangleSolve.Solve(strips, x);
        Assert.True((Vector<double>.Build.Dense(x) - expected).L2Norm() <= 1e-12 * expected.L2Norm()); // condition below 100
    }

    [Fact]
    public void No_bit_depends_on_threads()
    {
        var bits = new List<double[]>();
        foreach (var threads in new[] { 1, 2, 5 })
        {
            var strips = Negated(Definite(700));
            Assert.True(new Cholesky(threads).Factorise(strips, CancellationToken.None));
            var x = Vector<double>.Build.Random(700, 3).ToArray();
            TriangleSolve.Solve(strips, x);
            bits.Add(x);
        }

        Assert.All(bits, b => Assert.Equal(bits[0], b));
    }

    [Theory]
    [InlineData(6, 5)]
    [InlineData(400, 0)]
    [InlineData(400, 199)]
    [InlineData(400, 399)]
    public void What_is_not_positive_definite_has_none(int size, int where)
    {
        var matrix = Definite(size);
        matrix[where, where] = -1e-3;
        Assert.False(new Cholesky().Factorise(Negated(matrix), CancellationToken.None));
        matrix[where, where] = double.NaN;
        Assert.False(new Cholesky().Factorise(Negated(matrix), CancellationToken.None));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Factors_cost_no_memory(int threads)
    {
        var (matrix, cholesky) = (Definite(700), new Cholesky(threads));
        var (strips, rows, right) = (Negated(matrix), Rows(matrix), new double[700]);
        void Refill()
        {
            for (var k = 0; k < rows.Length; k++) strips.SetRow(k, rows[k]);
            Array.Fill(right, 1);
        }

        void Solve()
        {
            cholesky.Factorise(strips, CancellationToken.None);
            TriangleSolve.Solve(strips, right);
        }

        Assert.Equal(0, Allocations.Of(Solve, times: 1, before: Refill));
    }

    private static Matrix<double> Definite(int size)
    {
        var a = Matrix<double>.Build.Random(size, size, 7);
        return a * a.Transpose() / size + 0.1 * Matrix<double>.Build.DenseIdentity(size);
    }

    private static UpperStrips Negated(Matrix<double> matrix)
    {
        var strips = new UpperStrips(matrix.RowCount);
        foreach (var row in Rows(matrix)) strips.SetRow(matrix.RowCount - row.Length, row);
        return strips;
    }

    private static double[][] Rows(Matrix<double> matrix) =>
        [.. Enumerable.Range(0, matrix.RowCount).Select(i => Enumerable.Range(i, matrix.RowCount - i).Select(j => -matrix[i, j]).ToArray())];
}
