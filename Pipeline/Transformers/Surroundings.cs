namespace Unmask.Pipeline.Transformers;

/// <summary>
/// A whole sequence of a model without a mask, run up to the projections of one layer, and what another token would make of one place in it while all
/// others keep their keys and values in every layer below. At layer 1 that is exact for the token's own state.
/// </summary>
internal sealed class Surroundings
{
    private readonly PrefixModel _model;
    private readonly CachedToken[] _tokens;

    private Surroundings(PrefixModel model, CachedToken[] tokens) => (_model, _tokens) = (model, tokens);

    /// <summary>The states entering the projections of the wanted layer, d×n.</summary>
    public Matrix States => Matrix.Create(_model.Model.D, _tokens.Length, (c, i) => _tokens[i].State[c]);

    /// <summary>The sequence of these streams before the first block, n×d.</summary>
    public static Surroundings Of(PrefixModel model, Matrix streams)
    {
        var (batch, mixing) = (new Batch(streams.Rows, streams.Columns), new RecordingMixing(new SequenceMixing()));
        batch.Stream.Set(streams.Values);
        model.Run(batch, mixing);
        return new Surroundings(model, [.. Enumerable.Range(0, streams.Rows).Select(i => mixing.Cached(i, batch.Stream.Row(i), batch.States.Row(i)))]);
    }

    /// <summary>Each of these streams (count×d) at <paramref name="position"/>: its state at the wanted layer, count×d.</summary>
    public Matrix Instead(int position, Matrix streams)
    {
        var others = _tokens.Where((_, i) => i != position).ToArray();
        var past = Enumerable.Range(0, _model.Layer).Select(layer => Past.Of(others, layer, _model.Attention(layer))).ToArray();
        return Candidates.At(_model, past, position, streams).States;
    }
}
