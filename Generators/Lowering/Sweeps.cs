using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>The stages of a pass by sweeps down the rows: those that need nothing of one another share one.</summary>
internal static class Sweeps
{
    /// <summary>
    /// Greedy: a stage joins the sweep before it unless it reads a sum that this sweep is still computing. A sum that is linear in such sums joins in parts. A softmax
    /// shares its sweep with nothing but sums of its powers, from wherever they stand.
    /// </summary>
    /// <param name="pass">Whose.</param>
    /// <param name="sumsPowers">Whether there are registers left for such sums beside a softmax.</param>
    public static IEnumerable<IReadOnlyList<Stage>> Of(Pass pass, bool sumsPowers)
    {
        var known = new HashSet<Expr>(pass.Known);
        var group = new List<Stage>();
        var left = pass.Stages.ToList();
        while (left.Count > 0)
        {
            var stage = left[0];
            if (Joining(stage, group, known) is { } joining)
            {
                left.RemoveAt(0);
                group.Add(joining);
                continue;
            }

            if (group[0] is SoftmaxStage soft && sumsPowers) group.AddRange(TakePowers(soft, left, known));
            yield return group;
            known.UnionWith(group.SelectMany(s => s.Made));
            group = [];
        }

        if (group.Count > 0) yield return group;
    }

    // What joins the sweep for a stage; null if it has to wait for the next.
    private static Stage? Joining(Stage stage, List<Stage> group, HashSet<Expr> known)
    {
        if (group.Count == 0) return stage;
        if (stage is SoftmaxStage || group[0] is SoftmaxStage) return null;
        var reads = Columnwise.Leaves(stage.Formula, new HashSet<Expr>(known.Concat(group.SelectMany(s => s.Made)))).ToList();
        var awaited = group.OfType<SumStage>().SelectMany(s => s.Made).Where(reads.Contains).ToList();
        if (awaited.Count == 0) return stage;
        return stage is SumStage sum && !group.OfType<SumInParts>().SelectMany(s => s.Made).Any(awaited.Contains)
            && Linear.Of(sum.Formula, awaited) is { Rest: not null } linear && linear.Terms.All(t => t.Weight is not null)
            ? new SumInParts(sum.Scalar, sum.Formula, linear)
            : null;
    }

    // The sums that need not wait for a softmax to be divided.
    private static List<SumOfPowers> TakePowers(SoftmaxStage soft, List<Stage> left, HashSet<Expr> known)
    {
        var p = (Softmax)soft.Made.First();
        var readable = new HashSet<Expr>(known) { p };
        var taken = new List<SumOfPowers>();
        foreach (var sum in left.OfType<SumStage>().ToList())
        {
            if (!Columnwise.IsComputable(sum.Formula, readable) || Powers.Of(sum.Formula, p) is not { } powers) continue;
            taken.Add(new SumOfPowers(sum.Scalar, sum.Formula, powers));
            left.Remove(sum);
        }

        return taken;
    }
}
