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
        var maps = program.Inputs.Concat(program.Buffers).Where(b => b.Shape == Shape.Map).Select(b => b.Name).ToList();
        var uses = Liveness.Of(program, steps)
            .Select(u => (Reads: u.Reads.Where(maps.Contains).ToList(), Writes: u.Writes is { } w && maps.Contains(w) ? w : null, u.EntryByEntry)).ToList();
        var slots = new ScratchSlots();
        var inputs = program.Inputs.Where(b => b.Shape == Shape.Map).Select(b => b.Name).ToList();
        slots.Inputs = [.. inputs.Where(name => uses.Any(u => u.Reads.Contains(name)))];
        var free = new SortedSet<int>();
        for (var at = 0; at < uses.Count; at++)
        {
            var done = uses[at].Reads.Where(name => slots._slots.ContainsKey(name) && !uses.Skip(at + 1).Any(u => u.Reads.Contains(name))).Select(name => slots._slots[name]).ToList();
            if (uses[at].EntryByEntry) free.UnionWith(done);
            if (uses[at].Writes is { } target && !slots._slots.ContainsKey(target))
            {
                slots._slots[target] = free.Count > 0 ? free.Min : slots.Count++;
                free.Remove(slots._slots[target]);
            }

            if (!uses[at].EntryByEntry) free.UnionWith(done);
        }

        return slots;
    }
}
