using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Unmask.Generated;
using Unmask.Kernels;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Products of copied factors against plain loops, however wide this machine's vectors are: what is compared with them, and the same bits on any number of threads.</summary>
public unsafe class PackedProductTests
{
    [Property(MaxTest = 100, Arbitrary = [typeof(PackedArbitraries)])]
    public void Products_are_those_of_plain_loops(ProductCase c)
    {
        if (VectorWidths.Best < VectorWidth.Bits256) return; // no tiles that take copies
        var (left, right, observed) = (c.Left(), c.Right(), c.Draw(c.Rows, c.Columns, 4));
        var expected = MatrixProductTests.Plain(left, right, c.Accumulates ? c.Target() : new PaddedMatrix<double>(c.Rows, c.Columns), c.Transposed);
        var (alone, shared, compared, same) = (c.Target(), c.Target(), c.Target(), c.Target());
        Run(c, alone, null, threads: 1);
        Run(c, shared, null, threads: 3);
        var loss = Run(c, compared, observed, threads: 1);
        Assert.Equal(alone.Padded, shared.Padded);
        Assert.Equal(loss, Run(c, same, observed, threads: 3));
        Assert.Equal(compared.Padded, same.Padded);

        var sum = 0.0;
        for (var i = 0; i < c.Rows; i++)
            for (var j = 0; j < c.Columns; j++)
            {
                Near(expected[i, j], alone.Row(i)[j]);
                Near(expected[i, j] - observed.Row(i)[j], compared.Row(i)[j]);
                sum += compared.Row(i)[j] * compared.Row(i)[j] / 2;
            }

        Assert.Equal(sum, loss, 1e-12 * (1 + sum));
        for (var i = 0; i < c.Rows; i++) alone.Row(i).Clear();
        Assert.True(alone.Padded.IndexOfAnyExcept(0.0) < 0, $"{c}: something but zero in the padding");

        void Near(double exact, double made) => Assert.True(Math.Abs(made - exact) <= 1e-15 * (c.Depth + 2), $"{c}: {made} for {exact}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Singles_are_copied_in_the_same_order(bool transposed)
    {
        if (VectorWidths.Best < VectorWidth.Bits256) return;
        const int rows = 203, depth = 301, columns = 1067; // whole numbers, so that every order of sums is exact
        var (left, right, target) = (transposed ? new PaddedMatrix<float>(depth, rows) : new PaddedMatrix<float>(rows, depth), new PaddedMatrix<float>(depth, columns), new PaddedMatrix<float>(rows, columns));
        var random = new Random(7);
        foreach (var matrix in new[] { left, right })
            for (var i = 0; i < matrix.Rows; i++)
                foreach (ref var entry in matrix.Row(i)) entry = random.Next(-8, 9);
        var part = new ProductPart(rows, depth, columns, left.Stride, right.Stride, target.Stride, transposed, false);
        new PackedProduct<PanelsF32W256, float>(1).Run(part, left.View.Start, right.View.Start, target.View.Start, default, null, alone: true);
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
            {
                var sum = 0f;
                for (var k = 0; k < depth; k++) sum += (transposed ? left.Row(k)[i] : left.Row(i)[k]) * right.Row(k)[j];
                Assert.Equal(sum, target.Row(i)[j]);
            }
    }

    // Half the sum of the squares of what is left of the target, where something is observed.
    private static double Run(ProductCase c, PaddedMatrix<double> target, PaddedMatrix<double>? observed, int threads)
    {
        var (left, right) = (c.Left(), c.Right());
        var part = new ProductPart(c.Rows, c.Depth, c.Columns, left.Stride, right.Stride, target.Stride, c.Transposed, c.Accumulates);
        var (loss, totals) = (0.0, new OrderedTotals<double>());
        totals.Begin(PackedProduct<PanelsF64W256, double>.Totals(part));
        var residual = observed is null ? default : new Residual((nint)(observed.View.Start - target.View.Start), &loss);
        new PackedProduct<PanelsF64W256, double>(threads).Run(part, left.View.Start, right.View.Start, target.View.Start, residual, totals, alone: threads == 1);
        totals.AddTo(&loss);
        GC.KeepAlive((left, right, target, observed));
        return loss;
    }
}

public static class PackedArbitraries
{
    public static Arbitrary<ProductCase> Case() => Arb.From(
        from rows in Gen.Choose(1, 130)
        from depth in Gen.Frequency((2, Gen.Choose(1, 70)), (1, Gen.Choose(255, 270)), (1, Gen.Choose(500, 530)))
        from columns in Gen.Frequency((4, Gen.Choose(9, 200)), (1, Gen.Choose(1015, 1100)))
        from transposed in Gen.Elements(false, true)
        from accumulates in Gen.Elements(false, true)
        from seed in Gen.Choose(0, int.MaxValue - 4)
        select new ProductCase(rows, depth, columns, transposed, accumulates, seed));
}
