using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Unmask.Kernels;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Products of plain matrices against three nested loops, at every width, and with the same bits on any number of threads.</summary>
public class MatrixProductTests
{
    [Property(MaxTest = 200, Arbitrary = [typeof(ProductArbitraries)])]
    public void Products_are_those_of_plain_loops(ProductCase c)
    {
        foreach (var width in VectorWidths.Supported)
        {
            var product = MatrixProducts.CreateDouble(width, threads: 1);
            var (left, right, target) = (c.Left(), c.Right(), c.Target());
            var expected = Plain(left, right, c.Accumulates ? target : new PaddedMatrix<double>(c.Rows, c.Columns), c.Transposed);
            Run(product, left, right, target, c);
            for (var i = 0; i < c.Rows; i++)
                for (var j = 0; j < c.Columns; j++) Assert.True(Math.Abs(target.Row(i)[j] - expected[i, j]) <= 1e-15 * (c.Depth + 1), $"{c} {width} at {i}, {j}");
            for (var i = 0; i < c.Rows; i++) target.Row(i).Clear();
            Assert.True(target.Padded.IndexOfAnyExcept(0.0) < 0, $"{c} {width}: something but zero in the padding");
        }
    }

    // Beyond 4 MB, with rows, columns and depth that no cut divides; the second is too narrow for copies.
    [Theory]
    [InlineData(203, 301, 1067, false, false)]
    [InlineData(203, 301, 1067, true, true)]
    [InlineData(703, 697, 37, false, true)]
    [InlineData(703, 697, 37, true, false)]
    public void So_are_those_that_no_near_cache_holds(int rows, int depth, int columns, bool transposed, bool accumulates) =>
        Products_are_those_of_plain_loops(new ProductCase(rows, depth, columns, transposed, accumulates, 6));

    [Theory]
    [InlineData(330, 420, 560)]
    [InlineData(190, 310, 170)]
    [InlineData(257, 129, 261)]
    [InlineData(300, 400, 500)]
    public void No_bit_depends_on_threads(int rows, int depth, int columns)
    {
        var c = new ProductCase(rows, depth, columns, Transposed: true, Accumulates: true, 5);
        var bits = new List<double[]>();
        foreach (var threads in new[] { 1, 2, 3 })
        {
            var target = c.Target();
            Run(MatrixProducts.CreateDouble(threads: threads), c.Left(), c.Right(), target, c);
            bits.Add(target.Padded.ToArray());
        }

        Assert.All(bits, b => Assert.Equal(bits[0], b));
    }

    [Fact]
    public void Singles_multiply_too()
    {
        var (left, right, target) = (new PaddedMatrix<float>(3, 5), new PaddedMatrix<float>(5, 33), new PaddedMatrix<float>(3, 33));
        left.Padded.Fill(0);
        for (var k = 0; k < 5; k++) (left.Row(1)[k], right.Row(k)[32]) = (k, 2);
        MatrixProducts.CreateSingle().Multiply(left, right, target);
        Assert.Equal(20, target.Row(1)[32]);
    }

    [Fact]
    public void Extents_that_do_not_agree_are_refused()
    {
        var (a, b) = (new PaddedMatrix<double>(3, 5), new PaddedMatrix<double>(4, 6));
        Assert.Throws<ArgumentException>(() => MatrixProducts.CreateDouble().Multiply(a, b, a));
        Assert.Throws<ArgumentException>(() => a.View.Block(1, 1, 3, 2));
        Assert.Throws<ArgumentException>(() => a.Set(new double[14]));
        Assert.Throws<ArgumentException>(() => a.SetTransposed(b));
    }

    private static void Run(MatrixProduct<double> product, PaddedMatrix<double> left, PaddedMatrix<double> right, PaddedMatrix<double> target, ProductCase c)
    {
        if (c.Transposed && c.Accumulates) product.AddTransposed(left, right, target);
        else if (c.Transposed) product.MultiplyTransposed(left, right, target);
        else if (c.Accumulates) product.Add(left, right, target);
        else product.Multiply(left, right, target);
    }

    internal static double[,] Plain(PaddedMatrix<double> left, PaddedMatrix<double> right, PaddedMatrix<double> start, bool transposed)
    {
        var result = new double[start.Rows, start.Columns];
        for (var i = 0; i < start.Rows; i++)
            for (var j = 0; j < start.Columns; j++)
            {
                result[i, j] = start.Row(i)[j];
                for (var k = 0; k < right.Rows; k++) result[i, j] += (transposed ? left.Row(k)[i] : left.Row(i)[k]) * right.Row(k)[j];
            }

        return result;
    }
}

/// <summary>One product, drawn.</summary>
public sealed record ProductCase(int Rows, int Depth, int Columns, bool Transposed, bool Accumulates, int Seed)
{
    internal PaddedMatrix<double> Left() => Draw(Transposed ? Depth : Rows, Transposed ? Rows : Depth, 1);

    internal PaddedMatrix<double> Right() => Draw(Depth, Columns, 2);

    internal PaddedMatrix<double> Target() => Draw(Rows, Columns, 3);

    internal PaddedMatrix<double> Draw(int rows, int columns, int salt)
    {
        var (random, matrix) = (new Random(Seed + salt), new PaddedMatrix<double>(rows, columns));
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) matrix.Row(i)[j] = 2 * random.NextDouble() - 1;
        return matrix;
    }
}

public static class ProductArbitraries
{
    public static Arbitrary<ProductCase> Case() => Arb.From(
        from rows in Gen.Choose(1, 40)
        from depth in Gen.Frequency((3, Gen.Choose(1, 40)), (1, Gen.Choose(250, 300)))
        from columns in Gen.Choose(1, 70)
        from transposed in Gen.Elements(false, true)
        from accumulates in Gen.Elements(false, true)
        from seed in Gen.Choose(0, int.MaxValue - 4)
        select new ProductCase(rows, depth, columns, transposed, accumulates, seed));
}
