using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Which block-sized piece of scratch memory each map of a block lives in. A map takes over the piece of one that is read for the last time
/// by the stage that makes it: stages work entry by entry, so the place may be the same.
/// </summary>
internal sealed class ScratchSlots
{
    private readonly Dictionary<string, int> _slots = [];

    public int Count { get; private set; }

    /// <summary>The observed map, which is laid out in blocks already.</summary>
    public IReadOnlyList<string> Inputs { get; private set; } = [];

    public string At(string map) => Inputs.Contains(map) ? "observed" : $"slot{_slots[map]}";

    public static ScratchSlots Of(KernelProgram program, IReadOnlyList<Step> steps)
    {
        var uses = steps.SelectMany(step => Uses(program, step)).ToList();
        var slots = new ScratchSlots();
        var inputs = program.Inputs.Where(b => b.Shape == Shape.Map).Select(b => b.Name).ToList();
        slots.Inputs = [.. inputs.Where(name => uses.Any(u => u.Reads.Contains(name)))];
        var free = new SortedSet<int>();
        for (var at = 0; at < uses.Count; at++)
        {
            var done = uses[at].Reads.Where(name => slots._slots.ContainsKey(name) && !uses.Skip(at + 1).Any(u => u.Reads.Contains(name))).Select(name => slots._slots[name]).ToList();
            if (uses[at].InPlace) free.UnionWith(done);
            if (uses[at].Writes is { } target && !slots._slots.ContainsKey(target))
            {
                slots._slots[target] = free.Count > 0 ? free.Min : slots.Count++;
                free.Remove(slots._slots[target]);
            }

            if (!uses[at].InPlace) free.UnionWith(done);
        }

        return slots;
    }

    // What happens to maps, stage by stage, in order.
    private static IEnumerable<(IReadOnlyCollection<string> Reads, string? Writes, bool InPlace)> Uses(KernelProgram program, Step step)
    {
        if (step is Pass pass && pass.Shape == Shape.Map)
        {
            var known = new HashSet<Expr>(pass.Known);
            foreach (var stage in pass.Stages)
            {
                var reads = Columnwise.Leaves(stage.Formula, known).Where(e => e.Shape == Shape.Map)
                    .Select(e => Stored.Name(e is Symbol s ? s.Name : program.Names[e], true)).ToList();
                yield return (reads, stage is MapStage m ? m.Target : stage is SoftmaxStage f ? f.Target : null, true);
                known.UnionWith(stage.Made);
            }
        }
        else if (step is ProductStep p)
        {
            yield return (p.Depth == Extent.N ? [p.Left] : [], p.Result == Shape.Map ? p.Target : null, false);
        }
        else if (step is PairStep pair)
        {
            yield return ([pair.Left], null, false);
        }
    }
}
