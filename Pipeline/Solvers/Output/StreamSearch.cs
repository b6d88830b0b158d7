namespace Unmask.Pipeline.Solvers;

/// <summary>What a search found: H (d×n), its steps, and the tokens at which another state explains the stream as well.</summary>
internal sealed record StreamFound(Matrix Stream, int Steps, Seq<int> Ambiguous);

/// <summary>
/// R = H + a(H) group by group: a token at a time behind a causal mask, all tokens where there is none. Every group is tried from a few starts: the
/// first that arrives is the answer, another that arrives elsewhere makes the group ambiguous. docs/output.md (O17), (O18), (O20).
/// </summary>
internal sealed class StreamSearch(AttentionBranch branch, Matrix observed, SolverOptions options)
{
    // Random starts beside the stream itself, as large as it.
    private const int OtherStarts = 2;

    // Of a single token as many more where none has arrived.
    private const int MoreStarts = 14;

    // Solutions are found to many more digits than this.
    private const double Apart = 1e-6;

    private readonly double _tolerance = options.Tolerance * observed.MaxNorm();
    private int _steps;
    private bool _isAmbiguous;

    private bool IsStopped => options.Cancellation.IsCancellationRequested || options.Deadline.IsCancellationRequested;

    public StreamFound Run()
    {
        var (n, size) = (observed.Columns, branch.Layer.Mask == Mask.Causal ? 1 : observed.Columns);
        var (before, ambiguous) = (branch.Project(observed.ColumnsFrom(0, 0), 0), Seq<int>());
        for (var first = 0; first < n && !IsStopped; first += size)
        {
            var group = new StreamGroup(branch, before, observed.ColumnsFrom(first, size), 0.1 * _tolerance, () => IsStopped);
            var found = Found(group, first);
            before = before.Then(branch.Project(found.State, first));
            if (found.Others) (ambiguous, _isAmbiguous) = (ambiguous.Add(first), true);
            options.Progress(new SolverProgress(ResidualStream.Name, first + size, n, group.Left(found.State).MaxNorm()));
            // What comes after a token that is not found has nothing to stand on.
            if (!found.Arrived) break;
        }

        var stream = before.Stream;
        return new StreamFound(Matrix.Create(observed.Rows, n, (c, t) => t < stream.Columns ? stream[c, t] : observed[c, t]), _steps, ambiguous);
    }

    private (Matrix State, bool Arrived, bool Others) Found(StreamGroup group, int first)
    {
        var (answer, tried) = (default(Matrix), 0);
        var (nearest, least) = (group.Observed, double.PositiveInfinity);
        foreach (var start in Starts(group.Observed, first))
        {
            foreach (var state in Ends(group, start, answer))
            {
                var left = group.Left(state).MaxNorm();
                if (left < least) (nearest, least) = (state, left);
                if (!(left <= _tolerance)) continue;
                if (answer is null) answer = state;
                else if ((state - answer).FrobeniusNorm() > Apart * answer.FrobeniusNorm()) return (answer, true, true);
            }

            // Where one of the tokens before is in doubt, all from there on are.
            if (answer is not null && (_isAmbiguous || tried >= OtherStarts)) break;
            tried++;
        }

        return answer is null ? (nearest, false, false) : (answer, true, false);
    }

    // Where a start leads, and where it leads away from the answer.
    private IEnumerable<Matrix> Ends(StreamGroup group, Matrix start, Matrix? answer)
    {
        var (state, steps) = group.From(start);
        _steps += steps;
        yield return state;
        if (_isAmbiguous || (answer is null && !(group.Left(state).MaxNorm() <= _tolerance))) yield break;
        var (other, more) = group.From(start, answer ?? state);
        _steps += more;
        yield return other;
    }

    private IEnumerable<Matrix> Starts(Matrix stream, int first)
    {
        yield return options.Start.Map(start => start.ColumnsFrom(first, stream.Columns)).IfNone(stream);
        var (count, size) = (stream.Values.Length, stream.FrobeniusNorm() / Math.Sqrt(stream.Values.Length));
        var most = OtherStarts + (stream.Columns == 1 ? MoreStarts : 0);
        for (var k = 1; k <= most && !IsStopped; k++)
            yield return size * Matrix.Own(stream.Rows, stream.Columns, Solvers.Starts.Normal(count, options.Seed, first * (OtherStarts + MoreStarts) + k));
    }
}
