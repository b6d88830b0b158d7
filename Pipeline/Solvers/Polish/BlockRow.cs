using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>A row of blocks of the normal matrix while it is summed, from the diagonal on. Buffers are made once, for one thread.</summary>
internal sealed class BlockRow
{
    private readonly TokenFrames _frames;
    private readonly PaddedMatrix<double>?[] _blocks;
    private readonly HeadRow[] _heads;
    private readonly PaddedMatrix<double> _values;
    private readonly double[] _entries;
    private readonly MatrixProduct<double> _product = MatrixProducts.CreateDouble(threads: 1);
    private int _row;

    public BlockRow(TokenFrames frames, HeadBlocks[] heads, int valueWidth)
    {
        var tokens = frames.Offsets.Length - 1;
        var widest = Enumerable.Range(0, tokens).Max(i => frames.Axes(i).Rows);
        (_frames, _entries, _values) = (frames, new double[frames.Count], new(Math.Max(1, valueWidth), widest));
        _blocks = [.. Enumerable.Range(0, tokens).Select(l => frames.Axes(l).Rows == 0 ? null : new PaddedMatrix<double>(widest, frames.Axes(l).Rows))];
        _heads = [.. heads.Select(head => new HeadRow(tokens, head.Head.Keys.Columns, widest))];
    }

    /// <summary>Takes everything that the heads and outputs have for row j.</summary>
    public void Sum(int j, HeadBlocks[] heads, OutputBlocks[] outputs)
    {
        _row = j;
        foreach (var block in _blocks.Skip(j)) block?.Padded.Clear();
        for (var h = 0; h < heads.Length; h++) _heads[h].Add(heads[h], j, Block);
        foreach (var output in outputs) output.Add(j, _values, _product, Block);
    }

    /// <summary>Row a of the row of blocks, from its diagonal entry on.</summary>
    public Span<double> Entries(int a)
    {
        var length = 0;
        for (var l = _row; l < _blocks.Length; l++)
        {
            if (_blocks[l] is not { } block) continue;
            var row = l == _row ? block.Row(a)[a..] : block.Row(a);
            row.CopyTo(_entries.AsSpan(length));
            length += row.Length;
        }

        return _entries.AsSpan(0, length);
    }

    /// <summary>block += x yᵀ.</summary>
    public static unsafe void AddOuter(ReadOnlySpan<double> x, ReadOnlySpan<double> y, MatrixView<double> block)
    {
        for (var a = 0; a < x.Length; a++)
        {
            var row = new Span<double>(block.At(a), y.Length);
            TensorPrimitives.MultiplyAdd(y, x[a], row, row);
        }
    }

    private MatrixView<double> Block(int l) => _blocks[l]!.View.Block(0, 0, _frames.Axes(_row).Rows, _frames.Axes(l).Rows);
}
