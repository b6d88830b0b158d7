using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The normal matrix of <see cref="SubspaceSystem"/>: between row p of side a and row q of side b it is Σ_j v_aj v_bjᵀ · (R_jΠR_jᵀ) at (p, q),
/// docs/subspace.md (S9). Every row p of a side is one matrix product, made by one thread.
/// </summary>
internal sealed class SubspaceNormal
{
    private readonly SubspaceSystem _system;
    private readonly Matrix _projector;
    private readonly double[] _biasSeen;
    private readonly PaddedMatrix<double>[] _spaces;
    private readonly (int Side, int Row)[] _pieces;
    private readonly SharedWork _work;
    private readonly Lane[] _lanes;
    private readonly MatrixProduct<double> _product = MatrixProducts.CreateDouble(threads: 1);
    private UpperStrips _target = null!;
    private double _shift;

    public SubspaceNormal(SubspaceSystem system, int? threads)
    {
        _system = system;
        _projector = system.Elimination.Projector();
        _biasSeen = system.Bias.Length == 0 ? [] : (_projector * Matrix.Of(system.Seen, 1, system.Bias)).Values.ToArray();
        _spaces = [.. system.Sides.Sides.Select(Padded)];
        _pieces = [.. system.Sides.Sides.SelectMany((side, a) => Enumerable.Range(0, side.Width).Select(p => (a, p)))];
        _work = new SharedWork((piece, lane) => Rows(_pieces[piece].Side, _pieces[piece].Row, _lanes![lane]), threads);
        _lanes = [.. Enumerable.Range(0, _work.Threads).Select(_ => new Lane(system))];
    }

    /// <summary>Writes −(M + shift·I) by its upper triangle.</summary>
    public void Write(UpperStrips target, double shift)
    {
        (_target, _shift) = (target, shift);
        _work.Run(_pieces.Length);
        if (_biasSeen.Length == 0) return;
        var bias = TensorPrimitives.Dot<double>(_system.Bias, _biasSeen) * _system.Sides.Tokens.Count;
        _target.SetRow(_system.Unknowns - 1, [-(bias + shift)]);
    }

    private void Rows(int side, int row, Lane lane)
    {
        var (space, first) = (_spaces[side], _system.Offsets[side] + row * _system.Sides.Sides[side].Coordinates);
        for (var j = 0; j < space.Rows; j++) Right(side, row, j, lane);
        // A block begins at a whole vector; what is left of the diagonal is not written.
        var from = first & -8;
        var width = _system.Unknowns - from;
        var product = lane.Product.View.Block(0, from, space.Columns, width);
        _product.MultiplyTransposed(space, lane.Right.View.Block(0, from, space.Rows, width), product);
        for (var i = 0; i < space.Columns; i++)
        {
            var written = lane.Product.Row(i)[(first + i)..];
            TensorPrimitives.Negate<double>(written, written);
            written[0] -= _shift;
            _target.SetRow(first + i, written);
        }
    }

    // One row of the right factor: v_bj times (R_jΠR_jᵀ) at (p, q), for the sides and rows from this one on.
    private void Right(int side, int row, int token, Lane lane)
    {
        var at = _system.Firsts[side] + row;
        var seen = lane.Seen.AsSpan();
        // Row p of R_jΠR_jᵀ is R_j Π (R_jᵀe_p), and R_jᵀe_p has two entries at most.
        lane.Unit.AsSpan().Clear();
        lane.Unit[at] = 1;
        _system.Rotate(token, lane.Unit, back: true);
        seen.Clear();
        for (var k = _system.Firsts[side]; k < _system.Firsts[side + 1]; k++)
            if (lane.Unit[k] != 0) TensorPrimitives.MultiplyAdd(_projector.Row(k), lane.Unit[k], seen, seen);
        var target = lane.Right.Row(token);
        if (_biasSeen.Length > 0) target[^1] = -TensorPrimitives.Dot<double>(_biasSeen, lane.Unit);
        _system.Rotate(token, seen, back: false);
        for (var b = side; b < _spaces.Length; b++)
        {
            var v = _system.Sides.Sides[b].Space.Row(token);
            for (var q = b == side ? row : 0; q < _system.Sides.Sides[b].Width; q++)
                TensorPrimitives.Multiply(v, seen[_system.Firsts[b] + q], target.Slice(_system.Offsets[b] + q * v.Length, v.Length));
        }
    }

    private static PaddedMatrix<double> Padded(SubspaceSide side)
    {
        var padded = new PaddedMatrix<double>(side.Space.Rows, side.Space.Columns);
        padded.Set(side.Space.Values);
        return padded;
    }

    // What one thread works in.
    private sealed class Lane(SubspaceSystem system)
    {
        public PaddedMatrix<double> Right { get; } = new(system.Sides.Tokens.Count, system.Unknowns);

        public PaddedMatrix<double> Product { get; } = new(system.Sides.Sides.Max(side => side.Coordinates), system.Unknowns);

        public double[] Unit { get; } = new double[system.Seen];

        public double[] Seen { get; } = new double[system.Seen];
    }
}
