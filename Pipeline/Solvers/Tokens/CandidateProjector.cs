namespace Unmask.Pipeline.Solvers;

/// <summary>Projects the vocabulary in front of layer 0, position by position. token-search.md (T3).</summary>
internal sealed class CandidateProjector
{
    private readonly StateProjector _projector;
    private readonly Vocabulary _vocabulary;
    private readonly int[] _ids;
    private readonly (double[] Queries, double[] Keys)? _shared;

    /// <param name="layer">The attention layer.</param>
    /// <param name="vocabulary">The vocabulary in front of it.</param>
    /// <param name="ids">The tokens to consider; candidate v is token ids[v].</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public CandidateProjector(AttentionLayer layer, Vocabulary vocabulary, int[] ids, ParallelOptions parallel)
    {
        (_projector, _vocabulary, _ids) = (new StateProjector(layer, parallel), vocabulary, ids);
        // Without learned positions the projections before rotation are the same everywhere.
        if (vocabulary.Positions.IsNone) _shared = Project(0);
    }

    /// <summary><see cref="StateProjector.Offsets"/>.</summary>
    public int[] Offsets => _projector.Offsets;

    public Candidates At(int position)
    {
        var (queries, keys) = _shared is { } shared ? ((double[])shared.Queries.Clone(), (double[])shared.Keys.Clone()) : Project(position);
        return _projector.At(position, queries, keys);
    }

    private (double[] Queries, double[] Keys) Project(int position) =>
        _projector.Project(_ids.Length, (v, state) => TokenStates.Write(_vocabulary, _ids[v], position, state));
}
