namespace Unmask.Pipeline.Solvers;

/// <summary>What the beam found: the readings alive after the last step, best first, what each step gave up, and its degrees of freedom.</summary>
internal sealed record Read(Hypothesis[] Alive, Seq<Dropped> Dropped, int[] Freedom);

/// <summary>Goes through the steps of a map with a beam of readings. token-search.md (T8).</summary>
internal static class Reader
{
    /// <param name="problem">The problem.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="known">Position to candidate number, where a token is known.</param>
    /// <param name="options">Progress and cancellation.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static Read Of(Problem problem, IStepSource steps, Map<int, int> known, SolverOptions options, ParallelOptions parallel)
    {
        var n = steps.Order.Length;
        var (freedom, dropped) = (new int[n], new List<Dropped>());
        var (beam, first) = ((IReadOnlyList<Hypothesis?>)[null], default(IStep));
        for (var m = 0; m < n; m++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var plain = steps.Next(beam);
            var step = known.Find(steps.Order[m]).Match(Some: candidate => new KnownStep(plain, candidate), None: () => plain);
            freedom[m] = step.Freedom;
            // One probability without another to compare it with says nothing: it is read together with the second.
            if (m == 0 && step is not KnownStep && problem.Observation == Observation.Attention)
            {
                first = step;
                continue;
            }

            var frontier = first is not null && m == 1
                ? steps.Pair(first, step, parallel)
                : Extend.By(beam, step, freedom.Sum(), parallel);
            beam = frontier.Alive;
            dropped.Add(frontier.Dropped);
            options.Progress(new SolverProgress(TokenSearch.Name, m + 1, n, Math.Sqrt(2 * frontier.Alive[0].Loss / Math.Max(1, freedom.Sum()))));
        }

        return new Read([.. beam.Select(reading => reading!)], toSeq(dropped), freedom);
    }
}
