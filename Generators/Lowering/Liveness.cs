using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>What is read and written when, step by step, and stage by stage within a pass.</summary>
public static class Liveness
{
    /// <summary>One moment of an evaluation.</summary>
    /// <param name="Reads">The matrices that are read.</param>
    /// <param name="Writes">The matrix that is written, if one is.</param>
    /// <param name="EntryByEntry">Whether an entry is written only once nothing of it has to be read any more, so that it may take the place of what was read.</param>
    public sealed record Use(IReadOnlyCollection<string> Reads, string? Writes, bool EntryByEntry);

    public static IEnumerable<Use> Of(KernelProgram program, IEnumerable<Step> steps) => steps.SelectMany(step => Of(program, step));

    /// <summary>
    /// Matrices that may take the place of another, which the stage that writes them reads for the last time. Key: who moves in; value:
    /// whose place it is. The loss alone has matrices of its own, so it disturbs nobody's place.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Successors(KernelProgram program)
    {
        var evaluations = program.Evaluations.Select(e => (e.Name, Uses: Of(program, e.Steps).ToList())).ToList();
        var buffers = program.Buffers.ToDictionary(b => b.Name);
        var successors = new Dictionary<string, string>();
        foreach (var heir in program.Buffers)
        {
            var former = evaluations.SelectMany(e => e.Uses).Where(u => u.EntryByEntry && u.Writes == heir.Name).SelectMany(u => u.Reads)
                .Where(r => r != heir.Name && buffers.TryGetValue(r, out var b) && (b.Shape, b.PerHead) == (heir.Shape, heir.PerHead))
                .FirstOrDefault(r => !successors.ContainsKey(r) && !successors.ContainsValue(heir.Name) && MayMove(heir.Name, r));
            if (former is not null) successors.Add(heir.Name, former);
        }

        return successors;

        bool MayMove(string heir, string former)
        {
            var isLocal = evaluations.All(e => First(e.Uses, heir) >= 0 || !e.Uses.Any(u => u.Reads.Contains(heir)));
            var others = successors.Where(s => s.Value == former).Select(s => s.Key).ToList();
            return evaluations.All(e =>
                Succeeds(e.Uses, heir, former, isLocal || e.Name == "Loss") && !(First(e.Uses, heir) >= 0 && others.Any(o => First(e.Uses, o) >= 0)));
        }
    }

    // In one evaluation: neither is made; or the former first, then the heir, and the former is read no more; or the former alone, and nobody
    // expects the heir to be there from before.
    private static bool Succeeds(IReadOnlyList<Use> uses, string heir, string former, bool mayPerish)
    {
        var (made, moved) = (First(uses, former), First(uses, heir));
        var reads = Enumerable.Range(0, uses.Count).Where(k => uses[k].Reads.Contains(former)).ToList();
        if (made < 0) return reads.Count == 0 && moved < 0;
        if (moved < 0) return mayPerish;
        return moved > made && uses[moved].EntryByEntry && reads.All(k => k <= moved) && !Enumerable.Range(0, moved).Any(k => uses[k].Reads.Contains(heir));
    }

    private static int First(IReadOnlyList<Use> uses, string name)
    {
        for (var k = 0; k < uses.Count; k++)
            if (uses[k].Writes == name) return k;
        return -1;
    }

    private static IEnumerable<Use> Of(KernelProgram program, Step step) => step switch
    {
        Pass pass => Stages(program, pass),
        ProductStep p => [new Use([p.Left, p.Right], p.Target, false)],
        PairStep p => [new Use([p.Left, p.Right, p.Second], p.Target, false)],
        TransposeStep t => [new Use([t.From], t.Target, false)],
        _ => [],
    };

    private static IEnumerable<Use> Stages(KernelProgram program, Pass pass)
    {
        var known = new HashSet<Expr>(pass.Known);
        foreach (var stage in pass.Stages)
        {
            var reads = Columnwise.Leaves(stage.Formula, known).Where(e => e.Shape.Columns != Extent.One)
                .Select(e => Stored.Name(e is Symbol s ? s.Name : program.Names[e], Stored.AsTranspose(e))).ToList();
            yield return new Use(reads, stage is MapStage m ? m.Target : stage is SoftmaxStage f ? f.Target : null, true);
            known.UnionWith(stage.Made);
        }
    }
}
