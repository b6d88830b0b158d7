using Unmask.Kernels;

namespace Unmask.Pipeline.Transformers;

/// <summary>Many rows behind one prefix, some at a time on every thread.</summary>
internal static class Candidates
{
    // Enough rows to read every weight once for many of them, few enough to stay in the second cache.
    private const int AtOnce = 128;

    /// <summary>Streams before the first block, count×d, to streams and states of the wanted layer.</summary>
    public static (Matrix Streams, Matrix States) At(PrefixModel model, Past[] past, int position, Matrix streams)
    {
        var d = model.Model.D;
        var (arrived, states) = (new double[streams.Rows * d], new double[streams.Rows * d]);
        Each(streams.Rows, model.Threads, rows => (Batch: new Batch(rows, d), Mixing: new PrefixMixing(position, past)), (memory, first, count) =>
        {
            for (var i = 0; i < count; i++) streams.Row(first + i).CopyTo(memory.Batch.Stream.Row(i));
            model.Run(memory.Batch, memory.Mixing);
            for (var i = 0; i < count; i++)
            {
                memory.Batch.Stream.Row(i).CopyTo(arrived.AsSpan((first + i) * d, d));
                memory.Batch.States.Row(i).CopyTo(states.AsSpan((first + i) * d, d));
            }
        });
        return (Matrix.Own(streams.Rows, d, arrived), Matrix.Own(streams.Rows, d, states));
    }

    /// <summary>States of the wanted layer, count×d, to their scores with the prefix and themselves, one matrix per head.</summary>
    public static Seq<Matrix> Scores(PrefixModel model, Past past, int position, Matrix states)
    {
        var (weights, hidden) = (model.Wanted, position - past.Count);
        var scores = Enumerable.Range(0, weights.Heads).Select(_ => new double[states.Rows * (position + 1)]).ToArray();
        Each(states.Rows, model.Threads, rows => new Projection(rows, model, position), (memory, first, count) =>
        {
            for (var i = 0; i < count; i++) states.Row(first + i).CopyTo(memory.States.Row(i));
            memory.Project();
            for (var h = 0; h < weights.Heads; h++)
            {
                var (before, own) = memory.Mixing.Scores(past, weights, h, memory.Projected);
                for (var i = 0; i < count; i++)
                {
                    var row = scores[h].AsSpan((first + i) * (position + 1), position + 1);
                    row[..hidden].Fill(double.NegativeInfinity);
                    before.Row(i)[..past.Count].CopyTo(row[hidden..]);
                    row[position] = own[i];
                }
            }
        });
        return toSeq(scores).Map(values => Matrix.Own(states.Rows, position + 1, values)).Strict();
    }

    /// <summary>What one candidate leaves behind.</summary>
    public static CachedToken Cached(PrefixModel model, Past[] past, int position, ReadOnlySpan<double> stream, ReadOnlySpan<double> state)
    {
        var (batch, mixing) = (new Batch(1, model.Model.D), new RecordingMixing(new PrefixMixing(position, past)));
        stream.CopyTo(batch.Stream.Row(0));
        model.Run(batch, mixing);
        var wanted = new Projection(1, model, position);
        state.CopyTo(wanted.States.Row(0));
        wanted.Project();
        return mixing.Cached(0, batch.Stream.Row(0), state, RecordingMixing.KeysOf(model.Wanted, wanted.Projected.Row(0)));
    }

    // Chunks of equal size, each with memory that its thread keeps for the next.
    private static void Each<TMemory>(int count, int threads, Func<int, TMemory> memory, Action<TMemory, int, int> body)
    {
        if (count == 0) return;
        var chunks = Math.Max((count + AtOnce - 1) / AtOnce, Math.Min(threads, count / 8));
        var rows = (count + chunks - 1) / chunks;
        Parallel.For(
            0, (count + rows - 1) / rows, new ParallelOptions { MaxDegreeOfParallelism = threads },
            () => memory(rows),
            (chunk, _, own) =>
            {
                body(own, chunk * rows, Math.Min(rows, count - chunk * rows));
                return own;
            },
            _ => { });
    }

    // The queries and keys of the wanted layer.
    private sealed class Projection(int rows, PrefixModel model, int position)
    {
        public PaddedMatrix<double> States { get; } = new(rows, model.Model.D);

        public PaddedMatrix<double> Projected { get; } = new(rows, model.Wanted.Width);

        public PrefixMixing Mixing { get; } = new(position, []);

        public void Project()
        {
            model.Wanted.Projections.Apply(States, Projected);
            Mixing.Turned(model.Wanted, Projected);
        }
    }
}
