using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>The stages of a pass by sweeps down the rows: those that need nothing of one another share one.</summary>
internal static class Sweeps
{
    /// <summary>Greedy: a stage joins the sweep before it unless it reads a sum that this sweep is still computing. A softmax has one of its own.</summary>
    public static IEnumerable<IReadOnlyList<Stage>> Of(Pass pass)
    {
        var known = new HashSet<Expr>(pass.Known);
        var group = new List<Stage>();
        foreach (var stage in pass.Stages)
        {
            var reads = Columnwise.Leaves(stage.Formula, new HashSet<Expr>(known.Concat(group.SelectMany(s => s.Made)))).ToList();
            var blocked = stage is SoftmaxStage || group.Any(g => g is SoftmaxStage || (g is SumStage && g.Made.Any(reads.Contains)));
            if (blocked && group.Count > 0)
            {
                yield return group;
                known.UnionWith(group.SelectMany(s => s.Made));
                group = [];
            }

            group.Add(stage);
        }

        if (group.Count > 0) yield return group;
    }
}
