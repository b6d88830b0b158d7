using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Transformers;

/// <summary>Rows that pass through blocks together, and the memory for it. Belongs to one thread.</summary>
internal sealed class Batch(int rows, int d)
{
    private PaddedMatrix<double>? _projected;
    private PaddedMatrix<double>? _context;
    private PaddedMatrix<double>? _hidden;
    private PaddedMatrix<double>? _gated;

    private readonly PaddedMatrix<double> _branch = new(rows, d);
    private double[] _scratch = [];

    /// <summary>The stream, rows×d: it enters a block here and leaves it here.</summary>
    public PaddedMatrix<double> Stream { get; } = new(rows, d);

    /// <summary>What enters a half of a block, after <see cref="Enter"/>.</summary>
    public PaddedMatrix<double> States { get; } = new(rows, d);

    /// <summary>Makes the states that enter a half of a block out of the stream: itself, normed where norms stand before.</summary>
    public void Enter(RowNorm norm, NormPlace place)
    {
        if (place == NormPlace.Before) norm.Apply(Stream, States);
        else Stream.Padded.CopyTo(States.Padded);
    }

    /// <summary>Takes the stream through a block whose attention was entered.</summary>
    public void Pass(int layer, BlockWeights block, IMixing mixing)
    {
        var projected = Sized(ref _projected, block.Attention.Width);
        var context = Sized(ref _context, block.Attention.Heads * block.Attention.Slot);
        block.Attention.Projections.Apply(States, projected);
        mixing.Mix(layer, block.Attention, projected, context);
        block.Output.Apply(context, _branch);
        Add();
        if (block.Norms == NormPlace.After) block.AttentionNorm.Apply(Stream, Stream);
        Enter(block.MlpNorm, block.Norms);
        Feed(block);
        Add();
        if (block.Norms == NormPlace.After) block.MlpNorm.Apply(Stream, Stream);
    }

    private void Feed(BlockWeights block)
    {
        var up = Sized(ref _hidden, block.Up.Outputs);
        if (_scratch.Length != up.Columns) _scratch = new double[up.Columns];
        block.Up.Apply(States, up);
        foreach (var gate in block.Gate)
        {
            var gated = Sized(ref _gated, gate.Outputs);
            gate.Apply(States, gated);
            for (var i = 0; i < rows; i++)
            {
                Activations.Apply(block.Activation, gated.Row(i), _scratch);
                TensorPrimitives.Multiply(up.Row(i), gated.Row(i), up.Row(i));
            }
        }

        if (block.Gate.IsNone)
            for (var i = 0; i < rows; i++) Activations.Apply(block.Activation, up.Row(i), _scratch);
        block.Down.Apply(up, _branch);
    }

    private void Add() => TensorPrimitives.Add(Stream.Padded, _branch.Padded, Stream.Padded);

    private PaddedMatrix<double> Sized(ref PaddedMatrix<double>? held, int columns) =>
        held?.Columns == columns ? held : held = new PaddedMatrix<double>(rows, columns);
}
