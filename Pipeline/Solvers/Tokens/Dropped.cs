namespace Unmask.Pipeline.Solvers;

/// <summary>A reading with candidate <paramref name="Candidate"/> at some position, given up at total loss <paramref name="Loss"/>.</summary>
internal readonly record struct Rival(int Candidate, double Loss);

/// <summary>
/// What was given up at one row: for every position up to it the best readings lost, one per distinct token there, best first.
/// <paramref name="Orphan"/> is the smallest loss given up with no near relative (<see cref="Kinship"/>) kept. token-search.md (T9).
/// </summary>
internal sealed record Dropped(int Row, Rival[][] AtPosition, double Orphan)
{
    // Beyond this many, the tokens that cannot be told apart are not all named.
    public const int Named = 64;
}

/// <summary>Collects what one row gives up, in memory V + beam whatever the number of readings.</summary>
internal sealed class DropLedger(int candidates, int parents)
{
    private readonly double[] _byCandidate = Infinite(candidates);
    private readonly double[] _byParent = Infinite(parents);

    public void Add(int parent, int candidate, double loss)
    {
        _byParent[parent] = Math.Min(_byParent[parent], loss);
        _byCandidate[candidate] = Math.Min(_byCandidate[candidate], loss);
    }

    /// <param name="row">The row i at which they were given up.</param>
    /// <param name="beam">The readings of positions 0 … i−1, by parent number; null where i = 0.</param>
    /// <param name="fertile">The parents of which an extension was kept.</param>
    /// <param name="kinship">Which of the others they can speak for.</param>
    public Dropped Close(int row, IReadOnlyList<Hypothesis?> beam, IReadOnlySet<int> fertile, Kinship kinship)
    {
        var at = Enumerable.Range(0, row + 1).Select(_ => new Dictionary<int, double>()).ToArray();
        for (var b = 0; b < beam.Count; b++)
            if (double.IsFinite(_byParent[b]))
                for (var node = beam[b]; node is not null; node = node.Parent)
                    Fold(at[node.Position], node.Candidate, _byParent[b]);
        return new Dropped(row, [.. at.Take(row).Select(Best), Rivals()], Orphan(beam, fertile, kinship));
    }

    /// <summary>The best readings given up, one per candidate, best first.</summary>
    public Rival[] Rivals() => Best(_byCandidate.Select((loss, v) => KeyValuePair.Create(v, loss)).Where(l => double.IsFinite(l.Value)));

    private static Rival[] Best(IEnumerable<KeyValuePair<int, double>> losses) =>
        [.. losses.OrderBy(l => l.Value).ThenBy(l => l.Key).Take(Dropped.Named + 1).Select(l => new Rival(l.Key, l.Value))];

    /// <summary>The smallest loss given up with a candidate that is not in <paramref name="kept"/>.</summary>
    public double Outside(IReadOnlySet<int> kept)
    {
        var least = double.PositiveInfinity;
        for (var v = 0; v < _byCandidate.Length; v++)
            if (_byCandidate[v] < least && !kept.Contains(v)) least = _byCandidate[v];
        return least;
    }

    private double Orphan(IReadOnlyList<Hypothesis?> beam, IReadOnlySet<int> fertile, Kinship kinship)
    {
        // In order of loss: the first without a relative is the answer, and most rows end there.
        var kept = fertile.ToArray();
        foreach (var b in Enumerable.Range(0, beam.Count).Where(b => !fertile.Contains(b)).OrderBy(b => _byParent[b]))
            if (!System.Array.Exists(kept, f => kinship.Near(beam[f], beam[b]))) return _byParent[b];
        return double.PositiveInfinity;
    }

    private static void Fold(Dictionary<int, double> at, int candidate, double loss) =>
        at[candidate] = at.TryGetValue(candidate, out var known) ? Math.Min(known, loss) : loss;

    private static double[] Infinite(int length)
    {
        var values = new double[length];
        values.AsSpan().Fill(double.PositiveInfinity);
        return values;
    }
}
