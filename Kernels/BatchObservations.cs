using System.Numerics;

namespace Unmask.Kernels;

/// <summary>What is observed of the problems of a batch, laid out once for each group as programs read it, so that no evaluation copies it.</summary>
internal sealed unsafe class BatchObservations<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Workspace<T> _blocks;
    private readonly int _size;
    private readonly bool _areShared;

    /// <param name="program">Any one of those that will read them.</param>
    /// <param name="observed">One for all problems, or one after another for each.</param>
    /// <param name="count">Number of problems.</param>
    public BatchObservations(LossProgram<T> program, ReadOnlySpan<T> observed, int count)
    {
        var (shape, memory) = (program.Shape, new ProblemMemory<T>(program.Shape));
        var one = shape.N * (program.Request.Model == LossModel.Output ? shape.D : shape.N);
        _areShared = observed.Length == one;
        if (!_areShared && observed.Length != count * one)
            throw new ArgumentException($"observed has {observed.Length} entries; one for all needs {one}, one for each of {count} needs {count * one}.", nameof(observed));
        var groups = _areShared ? 1 : (count + shape.Lanes - 1) / shape.Lanes;
        _size = program.ObservedSize;
        _blocks = new Workspace<T>(groups * _size);
        for (var p = 0; p < groups * shape.Lanes; p++)
        {
            // The lanes that the last group leaves over repeat the last problem.
            program.InputBt = _blocks.At(p / shape.Lanes * _size);
            Binding.BindObserved(program, memory, p % shape.Lanes, _areShared ? observed : observed.Slice(Math.Min(p, count - 1) * one, one));
        }
    }

    /// <summary>Lets a program see those of one group.</summary>
    public void Show(LossProgram<T> program, int group)
    {
        var block = _blocks.At(_areShared ? 0 : group * _size);
        if (program.InputBt == block) return;
        program.InputBt = block;
        program.CutObserved();
    }
}
