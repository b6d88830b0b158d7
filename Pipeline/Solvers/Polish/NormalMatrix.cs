using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// TᵀJᵀWJT written out, block row by block row on threads of their own, each in one order. docs/identifiability.md (N9): a block of tokens is a
/// product of thin factors, and the centring of the rows is in the d_h×d_h matrix between them.
/// </summary>
internal sealed class NormalMatrix
{
    private readonly TokenFrames _frames;
    private readonly HeadBlocks[] _heads;
    private readonly OutputBlocks[] _outputs;
    private readonly int _tokens;
    private readonly int _valueWidth;
    private readonly SharedWork _rows;
    private readonly BlockRow?[] _scratch;
    private UpperStrips _target = null!;
    private double _damping;
    private double _prior;

    public NormalMatrix(ChiSquare chiSquare, TokenFrames frames, int? threads)
    {
        (_frames, _tokens) = (frames, frames.Offsets.Length - 1);
        _heads = [.. chiSquare.Heads.Select(head => new HeadBlocks(head, frames))];
        _outputs = [.. chiSquare.Outputs.Select(output => new OutputBlocks(output, frames))];
        _valueWidth = chiSquare.Outputs.Select(output => output.Value.Columns).DefaultIfEmpty(0).Max();
        _rows = new SharedWork(Row, threads);
        _scratch = new BlockRow?[_rows.Threads];
    }

    /// <summary>Writes the upper triangle of −(TᵀJᵀWJT + λI + ρTᵀT).</summary>
    /// <param name="target">Of as many rows as there are coordinates.</param>
    /// <param name="damping">λ.</param>
    /// <param name="prior">ρ: what is added to JᵀWJ itself.</param>
    public void Write(UpperStrips target, double damping, double prior = 0)
    {
        (_target, _damping, _prior) = (target, damping, prior);
        foreach (var head in _heads) head.MoveTo();
        _rows.Run(_tokens);
    }

    private void Row(int j, int thread)
    {
        var rank = _frames.Axes(j).Rows;
        if (rank == 0) return;
        var row = _scratch[thread] ??= new BlockRow(_frames, _heads, _valueWidth);
        row.Sum(j, _heads, _outputs);
        for (var a = 0; a < rank; a++)
        {
            var entries = row.Entries(a);
            entries[0] += _damping;
            for (var b = a; b < rank && _prior != 0; b++)
                entries[b - a] += _prior * TensorPrimitives.Dot(_frames.Axes(j).Row(a), _frames.Axes(j).Row(b));
            TensorPrimitives.Negate(entries, entries);
            _target.SetRow(_frames.Offsets[j] + a, entries);
        }
    }
}
