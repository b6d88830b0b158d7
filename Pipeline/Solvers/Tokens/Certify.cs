namespace Unmask.Pipeline.Solvers;

/// <summary>How sure each token of the best reading is. token-search.md (T9).</summary>
internal static class Certify
{
    /// <summary>Below this many nats (odds of 150 to 1) two tokens count as not told apart.</summary>
    public const double Tie = 5;

    /// <param name="alive">The readings alive after the last row, best first.</param>
    /// <param name="dropped">What each row gave up.</param>
    /// <param name="freedom">Degrees of freedom of each step.</param>
    /// <param name="order">The position that each step read.</param>
    /// <param name="ids">Candidate number to token.</param>
    /// <param name="twins">Tokens with the same state.</param>
    public static TokenReading Reading(
        Hypothesis[] alive, Seq<Dropped> dropped, int[] freedom, int[] order, int[] ids, TokenTwins twins)
    {
        var winner = alive[0].Chain();
        var last = winner.Length - 1;
        var survivors = alive.Select(a => a.Chain()).ToArray();
        var certificates = winner.Map(node =>
        {
            var p = node.Position;
            var final = survivors.Select(chain => new Rival(chain[p].Candidate, chain[last].Loss - winner[last].Loss));
            var given = dropped.Filter(d => d.Row >= p)
                .Bind(d => d.AtPosition[p].Map(r => new Rival(r.Candidate, r.Loss - winner[d.Row].Loss)).ToSeq());
            var misfit = Misfit(winner, freedom, p);
            var rivals = final.Concat(given).Where(r => r.Candidate != node.Candidate)
                .GroupBy(r => r.Candidate, (candidate, of) => new Rival(candidate, of.Min(r => r.Loss) / misfit))
                .OrderBy(r => r.Loss).ThenBy(r => r.Candidate).ToArray();
            // A prefix given up earlier could have gone on with any token here; one that has a near relative left is spoken for by it.
            var earlier = dropped.Filter(d => d.Row < p).Map(d => (d.Orphan - winner[d.Row].Loss) / misfit);
            var id = ids[node.Candidate];
            var same = twins.Of(id).ToSeq();
            var margin = rivals.Map(r => r.Loss).Concat(earlier).Append(double.MaxValue).Min();
            var close = rivals.Where(r => r.Loss < Tie).Take(Dropped.Named).Map(r => ids[r.Candidate]).ToSeq();
            return new Certificate(order[p], id, same.IsEmpty ? Math.Max(0, margin) : 0, same + close);
        }).ToSeq();
        return Of(certificates.OrderBy(c => c.Position).ToSeq());
    }

    /// <summary>A reading where nothing was observed: any token will do.</summary>
    public static TokenReading Nothing(int size) =>
        new(Seq1(0), Seq1(new Certificate(0, 0, size > 1 ? 0 : double.MaxValue, Range(1, size - 1).ToSeq())));

    /// <summary>Tokens that were known beforehand have nothing to be certified.</summary>
    public static TokenReading Known(TokenReading reading, Map<int, int> known) => Of(reading.Certificates.Map(c =>
        known.Find(c.Position).Match(Some: id => new Certificate(c.Position, id, double.MaxValue, Seq<int>()), None: () => c)));

    /// <summary>A reading after its tokens were judged against all others: the smaller of the margins.</summary>
    /// <param name="reading">What the beam found, by position.</param>
    /// <param name="settled">What became of it.</param>
    /// <param name="ids">Candidate number to token.</param>
    /// <param name="twins">Tokens with the same state.</param>
    public static TokenReading Settled(TokenReading reading, Settled settled, int[] ids, TokenTwins twins) =>
        Of(reading.Certificates.Map(c =>
        {
            var (losses, best) = (settled.Losses[c.Position], settled.Candidates[c.Position]);
            var rivals = losses.Select((loss, v) => new Rival(v, (loss - losses[best]) / settled.Misfits[c.Position]))
                .Where(r => r.Candidate != best && r.Loss < Math.Max(c.Margin, Tie)).OrderBy(r => r.Loss).ThenBy(r => r.Candidate).Take(Dropped.Named).ToSeq();
            var id = ids[best];
            var ties = twins.Of(id).ToSeq() + rivals.Filter(r => r.Loss < Tie).Map(r => ids[r.Candidate]);
            var margin = rivals.Map(r => r.Loss).Append(double.MaxValue).Min();
            return new Certificate(
                c.Position, id, Math.Max(0, Math.Min(id == c.Id ? c.Margin : 0, margin)), (ties + c.Ties).Add(c.Id).Distinct().Filter(t => t != id).ToSeq());
        }));

    /// <summary>A reading of which the rivals of every token are known.</summary>
    /// <param name="candidates">By position.</param>
    /// <param name="rivals">What they would cost more, in nats, best first, by position.</param>
    /// <param name="twins">Tokens with the same state.</param>
    public static TokenReading Rivals(int[] candidates, Rival[][] rivals, TokenTwins twins)
    {
        var ids = twins.Representatives;
        return Of(toSeq(candidates.Select((candidate, position) =>
        {
            var (same, close) = (twins.Of(ids[candidate]).ToSeq(), rivals[position].Where(r => r.Loss < Tie).Take(Dropped.Named).Select(r => ids[r.Candidate]));
            var margin = same.IsEmpty ? rivals[position].Select(r => r.Loss).Append(double.MaxValue).Min() : 0;
            return new Certificate(position, ids[candidate], margin, same + toSeq(close));
        })));
    }

    private static TokenReading Of(Seq<Certificate> certificates) => new(certificates.Map(c => c.Id), certificates.Strict());

    // The worst of: all rows, the rows from this position on, this position's own row. A wrong token spoils its row and those below.
    private static double Misfit(Hypothesis[] winner, int[] freedom, int p)
    {
        var (before, last) = (p > 0 ? winner[p - 1].Loss : 0, winner[^1].Loss);
        return Math.Max(
            Beam.Misfit(last, freedom.Sum()),
            Math.Max(Beam.Misfit(last - before, freedom.Skip(p).Sum()), Beam.Misfit(winner[p].Loss - before, freedom[p])));
    }
}
