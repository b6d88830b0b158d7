namespace Unmask.Kernels;

/// <summary>Lays out what is known of a problem, in every orientation that the steps of a program ask for.</summary>
internal static unsafe class Binding
{
    public static void Bind<T>(LossProgram<T> program, ProblemMemory<T> memory, ReadOnlySpan<T> weights, ReadOnlySpan<T> observed, ReadOnlySpan<T> value)
        where T : unmanaged
    {
        if (program.Request.IsJoint) throw new InvalidOperationException("This kernel is for thin heads; use BindHeads.");
        BindWeights(program, memory, weights, value);
        BindObserved(program, memory, 0, observed);
    }

    /// <summary>The weights of one head, of its values where outputs are observed.</summary>
    public static void BindWeights<T>(LossProgram<T> program, ProblemMemory<T> memory, ReadOnlySpan<T> weights, ReadOnlySpan<T> value)
        where T : unmanaged
    {
        Weights(program, memory, program.InputW, program.InputWt, program.Shape.D, program.Shape.StrideD, weights, nameof(weights));
        Values(program, memory, value);
        program.TakeWeights();
    }

    public static void BindHeads<T>(
        LossProgram<T> program, ProblemMemory<T> memory, ReadOnlySpan<T> queries, ReadOnlySpan<T> keys, ReadOnlySpan<T> queryBias, ReadOnlySpan<T> observed, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (!program.Request.IsJoint) throw new InvalidOperationException("This kernel is for one head with its weights multiplied out; use Bind.");
        var (h, heads) = (program.Shape.H, program.Request.Heads);
        if (queryBias.Length != 0 && queryBias.Length != heads * h)
            throw new ArgumentException($"queryBias has {queryBias.Length} entries, {heads} heads of {h} need {heads * h}.", nameof(queryBias));
        for (var head = 0; head < heads; head++)
        {
            var (thin, wide) = (head * program.Block(program.Shape.D, program.Shape.StrideH), head * program.Block(h, program.Shape.StrideD));
            Weights(program, memory, At(program.InputWQ, thin), At(program.InputWQt, wide), h, program.Shape.StrideH, Part(queries, head, heads), nameof(queries));
            Weights(program, memory, At(program.InputWK, thin), At(program.InputWKt, wide), h, program.Shape.StrideH, Part(keys, head, heads), nameof(keys));
            var bias = new Span<T>(program.InputbQ + head * program.Block(1, program.Shape.StrideH), h);
            if (queryBias.Length == 0) bias.Clear();
            else Part(queryBias, head, heads).CopyTo(bias);
        }

        Values(program, memory, values);
        BindObserved(program, memory, 0, observed);
    }

    /// <summary>What is observed of the problem in one lane.</summary>
    public static void BindObserved<T>(LossProgram<T> program, ProblemMemory<T> memory, int lane, ReadOnlySpan<T> observed)
        where T : unmanaged
    {
        var (shape, heads) = (program.Shape, program.Request.Heads);
        if (program.Request.Model != LossModel.Output)
        {
            for (var head = 0; head < heads; head++)
                memory.FillMap(program.InputBt + head * program.Block(shape.N, shape.StrideN), Part(observed, head, heads), program.Request.Causal, nameof(observed), lane);
            program.CutObserved();
            return;
        }

        memory.FillTransposed(program.InputBt, shape.StrideN, observed, shape.N, shape.D, nameof(observed), lane);
    }

    private static void Values<T>(LossProgram<T> program, ProblemMemory<T> memory, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (program.Request.Model != LossModel.Output) return;
        var (shape, heads) = (program.Shape, program.Request.Heads);
        for (var head = 0; head < heads; head++)
        {
            var offset = head * program.Block(shape.D, shape.StrideD);
            Weights(program, memory, At(program.InputV, offset), At(program.InputVt, offset), shape.D, shape.StrideD, Part(values, head, heads), nameof(values));
        }
    }

    // d × columns, and its transpose; a program that has no use for one of them has no place for it either. One number an entry, also where
    // problems lie side by side: StraightByWeights.
    private static void Weights<T>(LossProgram<T> program, ProblemMemory<T> memory, T* straight, T* transposed, int columns, int stride, ReadOnlySpan<T> source, string name)
        where T : unmanaged
    {
        var lanes = program.Shape.Lanes;
        if (straight is not null) memory.FillWeights(straight, stride / lanes, source, program.Shape.D, columns, name);
        if (transposed is not null) memory.FillWeightsTransposed(transposed, program.Shape.StrideD / lanes, source, program.Shape.D, columns, name);
    }

    private static T* At<T>(T* start, int offset)
        where T : unmanaged => start is null ? null : start + offset;

    private static ReadOnlySpan<T> Part<T>(ReadOnlySpan<T> all, int head, int heads)
    {
        if (all.Length % heads != 0) throw new ArgumentException($"{all.Length} entries do not divide into {heads} heads.");
        return all.Slice(all.Length / heads * head, all.Length / heads);
    }
}
