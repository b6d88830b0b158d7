using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// AᵀA of <see cref="SubspaceSystem"/>, applied and never written: the spaces one after the other, then Π by an orthonormal basis of what states give.
/// docs/subspace.md (S16).
/// </summary>
internal sealed class SubspaceOperator
{
    private readonly SubspaceSystem _system;
    private readonly Block[] _blocks;
    private readonly PaddedMatrix<double> _range;
    private readonly PaddedMatrix<double> _taken;
    private readonly PaddedMatrix<double> _seen;
    private readonly PaddedMatrix<double> _states;
    private readonly MatrixProduct<double> _product;

    public SubspaceOperator(SubspaceSystem system, int? threads)
    {
        var (range, tokens) = (system.Elimination.Range, system.Sides.Tokens.Count);
        _system = system;
        _blocks = [.. system.Sides.Sides.Select((side, a) => new Block(side, system.Firsts[a], system.Offsets[a]))];
        _range = new(range.Rows, range.Columns);
        _range.Set(range.Values);
        _taken = new(range.Columns, range.Rows);
        _taken.SetTransposed(_range);
        TensorPrimitives.Negate(_taken.Padded, _taken.Padded);
        (_seen, _states) = (new(tokens, range.Rows), new(tokens, range.Columns));
        _product = MatrixProducts.CreateDouble(threads: threads);
    }

    /// <summary>AᵀA t.</summary>
    public double[] Times(double[] t)
    {
        var (bias, result) = (_system.Bias, new double[_system.Unknowns]);
        foreach (var block in _blocks) block.Show(t, _seen, _product);
        for (var j = 0; j < _seen.Rows; j++)
        {
            var row = _seen.Row(j);
            _system.Rotate(j, row, back: true);
            if (bias.Length > 0) TensorPrimitives.MultiplyAdd(bias, -t[^1], row, row);
        }

        _product.Multiply(_seen, _range, _states);
        _product.Add(_states, _taken, _seen);
        for (var j = 0; j < _seen.Rows; j++)
        {
            if (bias.Length > 0) result[^1] -= TensorPrimitives.Dot<double>(bias, _seen.Row(j));
            _system.Rotate(j, _seen.Row(j), back: false);
        }

        foreach (var block in _blocks) block.Collect(_seen, result, _product);
        return result;
    }

    // One side: T v_j of all tokens as a product, and the transpose of that.
    private sealed class Block
    {
        private readonly int _first;
        private readonly int _offset;
        private readonly PaddedMatrix<double> _space;
        private readonly PaddedMatrix<double> _unknown;
        private readonly PaddedMatrix<double> _part;
        private readonly PaddedMatrix<double> _collected;

        public Block(SubspaceSide side, int first, int offset)
        {
            (_first, _offset) = (first, offset);
            _space = new(side.Space.Rows, side.Space.Columns);
            _space.Set(side.Space.Values);
            (_unknown, _collected) = (new(side.Coordinates, side.Width), new(side.Width, side.Coordinates));
            _part = new(side.Space.Rows, side.Width);
        }

        public void Show(double[] t, PaddedMatrix<double> seen, MatrixProduct<double> product)
        {
            _collected.Set(t.AsSpan(_offset, _collected.Rows * _collected.Columns));
            _unknown.SetTransposed(_collected);
            product.Multiply(_space, _unknown, _part);
            for (var j = 0; j < _part.Rows; j++) _part.Row(j).CopyTo(seen.Row(j)[_first..]);
        }

        public void Collect(PaddedMatrix<double> seen, double[] result, MatrixProduct<double> product)
        {
            for (var j = 0; j < _part.Rows; j++) seen.Row(j).Slice(_first, _part.Columns).CopyTo(_part.Row(j));
            product.MultiplyTransposed(_part, _space, _collected);
            _collected.CopyTo(result.AsSpan(_offset, _collected.Rows * _collected.Columns));
        }
    }
}
