using LanguageExt;
using Unmask.Kernels;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;
using Unmask.PropertyTests.Verdicts;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Solvers;

/// <summary>χ² by its definition, its gradient by differences, and its normal matrix by products and by the written-out Jacobian.</summary>
public class NormalMatrixTests
{
    public static TheoryData<Observation, Mask, bool, bool> Cases => new()
    {
        { Observation.Attention, Mask.None, false, false },
        { Observation.Attention, Mask.Causal, true, false },
        { Observation.Attention, Mask.None, true, true },
        { Observation.Scores, Mask.None, true, false },
        { Observation.Scores, Mask.Causal, false, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_gradient_is_the_slope(Observation observation, Mask mask, bool rotary, bool output)
    {
        var (chiSquare, x, n, d) = At(observation, mask, rotary, output);
        chiSquare.MoveTo(x);
        var gradient = new PaddedMatrix<double>(n, d);
        chiSquare.Gradient(gradient);
        foreach (var (i, a) in new[] { (0, 0), (2, 3), (n - 1, d - 1) })
        {
            // χ² is a polynomial of degree four along a line: central differences are off by h², which 1e-5 makes 1e-10.
            const double h = 1e-5;
            var middle = x.Row(i)[a];
            x.Row(i)[a] = middle + h;
            var ahead = chiSquare.MoveTo(x);
            x.Row(i)[a] = middle - h;
            var behind = chiSquare.MoveTo(x);
            x.Row(i)[a] = middle;
            var slope = (ahead - behind) / (2 * h);
            Assert.Equal(slope, gradient.Row(i)[a], 1e-5 * Math.Max(1, Math.Abs(slope)));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_matrix_is_what_products_say(Observation observation, Mask mask, bool rotary, bool output)
    {
        var (chiSquare, x, n, d) = At(observation, mask, rotary, output);
        chiSquare.MoveTo(x);
        var frames = TokenFrames.At(chiSquare, d, n, token => token == 1, None, 0, 1e-10, null);
        var strips = new UpperStrips(frames.Count);
        new NormalMatrix(chiSquare, frames, null).Write(strips, 0.25);
        var (move, image, product) = (new PaddedMatrix<double>(n, d), new PaddedMatrix<double>(n, d), new double[frames.Count]);
        for (var column = 0; column < frames.Count; column++)
        {
            var unit = new double[frames.Count];
            unit[column] = 1;
            frames.Expand(unit, move);
            chiSquare.Product(move, image);
            frames.Compress(image, product);
            for (var row = 0; row <= column; row++)
                Assert.Equal(product[row] + (row == column ? 0.25 : 0), -Entry(strips, row, column), 1e-10); // blocks are of size one
        }
    }

    private static unsafe double Entry(UpperStrips strips, int row, int column) =>
        strips.Strip(column / strips.Width).At(row)[column % strips.Width];

    private static (ChiSquare ChiSquare, PaddedMatrix<double> X, int N, int D) At(Observation observation, Mask mask, bool rotary, bool output)
    {
        var layer = ManyHeads.Layer(6, 3, 4, mask, 8, queryBias: true, keyBias: true, rotary: rotary ? Rotary.Of(100, 4) : None);
        var truth = ManyHeads.States(layer, 7, 1);
        // Float16 makes weights of size 1e7, and entries of them differ.
        var problem = PolishTests.Stored(ManyHeads.Problem(layer, 7, 1, observation), Precision.Float16);
        if (output) problem = PolishTests.WithOutput(problem, truth);
        var states = truth + 0.1 * ManyHeads.States(layer, 7, 5);
        var x = new PaddedMatrix<double>(7, 6);
        x.Set(states.Transpose().Values);
        return (new ChiSquare(problem, states, 1e-3, null), x, 7, 6);
    }
}
