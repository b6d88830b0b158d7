using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace Unmask.Kernels;

/// <summary>What one thread needs for a batch: a program for one group of problems, as many as it has lanes.</summary>
internal sealed unsafe class BatchWorker<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly LossProgram<T> _program;
    private readonly ProblemShape _shape;
    private readonly ProblemMemory<T> _memory;
    private readonly int _count;

    // Numbers of the states of a group, and where the program leaves its gradients.
    private readonly nint _numbers;
    private readonly T* _result;

    // How the first so many groups change their layout: those that leave no lane over.
    private readonly WholeGroup<T> _group;
    private readonly int _whole;
    private BatchObservations<T>? _observations;

    public BatchWorker(LossProgram<T> program, int count)
    {
        (_program, _shape, _memory, _count) = (program, program.Shape, new ProblemMemory<T>(program.Shape), count);
        _numbers = (nint)_shape.Lanes * _shape.D * _shape.N;
        _result = program.GradientResult;
        _group = WholeGroup<T>.Of(_shape);
        _whole = _group.Exists ? count / _shape.Lanes : 0;
    }

    public void Bind(ReadOnlySpan<T> weights, ReadOnlySpan<T> value, BatchObservations<T> observations)
    {
        Binding.BindWeights(_program, _memory, weights, value);
        _observations = observations;
    }

    /// <summary>Losses and gradients of the groups from the first to the one before the end, the last first if so told. While one is computed, the states of the next are on their way.</summary>
    public void Gradients(int first, int end, bool lastFirst, T* x, T* gradient, T* losses)
    {
        var (group, step) = lastFirst ? (end - 1, -1) : (first, 1);
        Gather(group, x);
        for (var left = end - first; left > 0; left--, group += step)
        {
            _observations?.Show(_program, group);
            Fetch(group + step, x);
            _program.RunGradient();

            // Before the gradients are written: processors take a reading for one of what was just written where only the last twelve bits of the address agree, and wait.
            if (left > 1) Gather(group + step, x);
            Scatter(group, gradient);
            Copy(group, losses + group * _shape.Lanes);
        }
    }

    /// <summary>The states of a group, to where the program reads them.</summary>
    public void Gather(int group, T* x)
    {
        x += group * _numbers;
        if (group < _whole) _group.Gather(x, _program.InputX);
        else if (_shape.Lanes > 1) LaneLayout.Gather(x, _program.InputX, Filled(group), _shape);
        else _memory.FillStates(_program.InputX, new ReadOnlySpan<T>(x, (int)_numbers), nameof(x));
    }

    /// <summary>The gradients of a group, from where the program leaves them.</summary>
    public void Scatter(int group, T* gradient)
    {
        gradient += group * _numbers;
        if (group < _whole) _group.Scatter(_result, gradient);
        else if (_shape.Lanes > 1) LaneLayout.Scatter(_result, gradient, Filled(group), _shape);
        else _memory.Drain(_result, new Span<T>(gradient, (int)_numbers), nameof(gradient));
    }

    private void Copy(int group, T* losses)
    {
        if (group < _whole) _group.Copy(_program.Total, losses);
        else new Span<T>(_program.Total, Filled(group)).CopyTo(new Span<T>(losses, Filled(group)));
    }

    // A batch streams through the caches. What is written is not asked for: stores wait for nobody.
    private void Fetch(int group, T* x)
    {
        if (!Sse.IsSupported || group < 0 || group >= _whole) return;
        x += group * _numbers;
        for (nint at = 0; at < _numbers; at += CacheLine.Bytes / sizeof(T)) Sse.Prefetch0(x + at);
    }

    // Problems of a group: the last may leave lanes over.
    private int Filled(int group) => Math.Min(_shape.Lanes, _count - group * _shape.Lanes);
}
