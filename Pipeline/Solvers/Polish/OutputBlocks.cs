using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>One head's output in the blocks of the normal matrix: block (j, l) is (PᵀwP)_jl T_jᵀV VᵀT_l. docs/identifiability.md (N9).</summary>
internal sealed class OutputBlocks
{
    private readonly PaddedMatrix<double>?[] _values;
    private readonly OutputTerm _output;

    public OutputBlocks(OutputTerm output, TokenFrames frames)
    {
        _output = output;
        _values = [.. Enumerable.Range(0, output.Gram.Rows).Select(i => Framed(frames.Axes(i), output.Value))];
    }

    /// <summary>Adds the blocks (j, l), l ≥ j.</summary>
    /// <param name="j">The block row.</param>
    /// <param name="left">Memory for VᵀT_j, times a number.</param>
    /// <param name="product">Of the thread that asks.</param>
    /// <param name="blocks">Block (j, l) at place l.</param>
    public void Add(int j, PaddedMatrix<double> left, MatrixProduct<double> product, Func<int, MatrixView<double>> blocks)
    {
        var own = _values[j]!;
        for (var l = j; l < _values.Length; l++)
        {
            if (_values[l] is not { } value || _output.Gram[j, l] == 0) continue;
            for (var c = 0; c < own.Rows; c++)
                System.Numerics.Tensors.TensorPrimitives.Multiply(own.Row(c), _output.Gram[j, l], left.Row(c)[..own.Columns]);
            product.AddTransposed(left.View.Block(0, 0, own.Rows, own.Columns), value, blocks(l));
        }
    }

    private static PaddedMatrix<double>? Framed(Matrix axes, Matrix value)
    {
        if (axes.Rows == 0) return null;
        var framed = new PaddedMatrix<double>(value.Columns, axes.Rows);
        framed.Set((axes * value).Transpose().Values);
        return framed;
    }
}
