using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace Unmask.Kernels;

/// <summary>What one thread needs for a batch: a program for one group of problems, as many as it has lanes.</summary>
internal sealed unsafe class BatchWorker<T>(LossProgram<T> program, int count)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ProblemShape _shape = program.Shape;
    private readonly ProblemMemory<T> _memory = new(program.Shape);
    private BatchObservations<T>? _observations;

    public void Bind(ReadOnlySpan<T> weights, ReadOnlySpan<T> value, BatchObservations<T> observations)
    {
        Binding.BindWeights(program, _memory, weights, value);
        _observations = observations;
    }

    /// <summary>Losses and gradients of one group, while the states of the <paramref name="next"/>, if there is such a group, are on their way.</summary>
    public void Gradient(int group, int next, T* x, T* gradient, T* losses)
    {
        _observations?.Show(program, group);
        Gather(group, x);
        Fetch(next, x);
        program.RunGradient();
        Scatter(group, gradient);
        var (first, filled) = Problems(group);
        new Span<T>(program.Total, filled).CopyTo(new Span<T>(losses + first, filled));
    }

    /// <summary>The states of a group, to where the program reads them.</summary>
    public void Gather(int group, T* x)
    {
        x += Begin(group);
        if (_shape.Lanes > 1) LaneLayout.Gather(x, program.InputX, Problems(group).Count, _shape);
        else _memory.FillStates(program.InputX, new ReadOnlySpan<T>(x, _shape.D * _shape.N), nameof(x));
    }

    /// <summary>The gradients of a group, from where the program leaves them.</summary>
    public void Scatter(int group, T* gradient)
    {
        gradient += Begin(group);
        if (_shape.Lanes > 1) LaneLayout.Scatter(program.GradientResult, gradient, Problems(group).Count, _shape);
        else _memory.Drain(program.GradientResult, new Span<T>(gradient, _shape.D * _shape.N), nameof(gradient));
    }

    // A batch streams through the caches. What is written is not asked for: stores wait for nobody.
    private void Fetch(int group, T* x)
    {
        if (!Sse.IsSupported || _shape.Lanes == 1 || group < 0 || group * _shape.Lanes >= count) return;
        x += Begin(group);
        var numbers = (nint)Problems(group).Count * _shape.D * _shape.N;
        for (nint at = 0; at < numbers; at += CacheLine.Bytes / sizeof(T)) Sse.Prefetch0(x + at);
    }

    // Where the states and gradients of a group begin.
    private nint Begin(int group) => (nint)group * _shape.Lanes * _shape.D * _shape.N;

    // The first problem of a group, and how many it has: the last may leave lanes over.
    private (int First, int Count) Problems(int group) => (group * _shape.Lanes, Math.Min(_shape.Lanes, count - group * _shape.Lanes));
}
