using System.Numerics;

namespace Unmask.Kernels;

/// <summary>What one thread needs for a batch: a program for one group of problems, as many as it has lanes, and their observations.</summary>
internal sealed unsafe class BatchWorker<T>(LossProgram<T> program)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ProblemShape _shape = program.Shape;
    private readonly ProblemMemory<T> _memory = new(program.Shape);
    private T[] _observed = [];
    private int _observedSize;

    private T* Observed => program.Request.Model == LossModel.Output ? program.InputB : program.InputBt;

    public void Bind(ReadOnlySpan<T> weights, ReadOnlySpan<T> observed, ReadOnlySpan<T> value, int count)
    {
        var one = program.Request.Model == LossModel.Output ? _shape.N * _shape.D : _shape.N * _shape.N;
        _observedSize = program.Request.Model == LossModel.Output ? program.Block(_shape.N, _shape.StrideD) : program.Block(_shape.N, _shape.StrideN);
        var shared = observed.Length == one;
        if (!shared && observed.Length != count * one)
            throw new ArgumentException($"observed has {observed.Length} entries; one for all needs {one}, one for each of {count} needs {count * one}.", nameof(observed));
        var groups = (count + _shape.Lanes - 1) / _shape.Lanes;
        _observed = shared ? [] : GC.AllocateArray<T>(groups * _observedSize, pinned: true);
        for (var p = 0; p < (shared ? _shape.Lanes : groups * _shape.Lanes); p++)
        {
            // The lanes that the last group leaves over repeat the last problem.
            Binding.Bind(program, _memory, p % _shape.Lanes, weights, shared ? observed : observed.Slice(Math.Min(p, count - 1) * one, one), value);
            if (!shared && p % _shape.Lanes == _shape.Lanes - 1) new Span<T>(Observed, _observedSize).CopyTo(_observed.AsSpan(p / _shape.Lanes * _observedSize));
        }
    }

    public void Gradient(int group, int count, T* x, T* gradient, T* losses)
    {
        Fill(group, count, x);
        program.RunGradient();
        Drain(group, count, gradient);
        var (first, filled) = Problems(group, count);
        new Span<T>(program.Total, filled).CopyTo(new Span<T>(losses + first, filled));
    }

    /// <summary>The observations and states of a group, from problem after problem to side by side.</summary>
    public void Fill(int group, int count, T* x)
    {
        if (_observed.Length > 0) _observed.AsSpan(group * _observedSize, _observedSize).CopyTo(new Span<T>(Observed, _observedSize));
        var (first, filled) = Problems(group, count);
        var (size, lanes) = (_shape.D * _shape.N, _shape.Lanes);
        var isPacked = lanes > 1 && _shape.StrideN == _shape.N * lanes;
        if (isPacked) Transposition.Run(x + first * size, program.InputX, filled, size, size, lanes);
        for (var a = 0; !isPacked && a < _shape.D; a++)
        {
            if (lanes == 1) new Span<T>(x + first * size + a * _shape.N, _shape.N).CopyTo(new Span<T>(program.InputX + a * _shape.StrideN, _shape.N));
            else Transposition.Run(x + first * size + a * _shape.N, program.InputX + (nint)a * _shape.StrideN, filled, _shape.N, size, lanes);
        }
    }

    /// <summary>The gradients of a group, from side by side to problem after problem.</summary>
    public void Drain(int group, int count, T* gradient)
    {
        var (first, filled) = Problems(group, count);
        var (size, lanes) = (_shape.D * _shape.N, _shape.Lanes);
        if (lanes == 1) Transposition.Run(program.GradientResult, gradient + first * size, _shape.N, _shape.D, _shape.StrideD, _shape.N);
        else
            for (var a = 0; a < _shape.D; a++)
                Transposition.Run(program.GradientResult + a * lanes, gradient + first * size + a * _shape.N, _shape.N, filled, _shape.StrideD, size);
    }

    // The first problem of a group, and how many it has: the last may leave lanes over.
    private (int First, int Count) Problems(int group, int count) => (group * _shape.Lanes, Math.Min(_shape.Lanes, count - group * _shape.Lanes));
}
