using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Which block-sized piece of scratch memory each map of a block lives in. A map takes over the piece of one that is read for the last time
/// by the stage that makes it: stages work entry by entry, so the place may be the same. What a point keeps for products with directions has a
/// place of its own.
/// </summary>
internal sealed class ScratchSlots
{
    private readonly Dictionary<string, int> _slots = [];
    private readonly HashSet<string> _fresh = [];
    private IReadOnlyList<string> _kept = [];

    public int Count { get; private set; }

    /// <summary>The observed map, which is laid out in blocks already.</summary>
    public IReadOnlyList<string> Inputs { get; private set; } = [];

    /// <summary>Those of the maps that are kept that these steps touch: their number among all of them, and where the block at hand lies.</summary>
    public IEnumerable<(int Number, string Place)> Kept { get; private set; } = [];

    public string At(string map) => Inputs.Contains(map) ? "observed" : _kept.Contains(map) ? Place(map) : $"slot{_slots[map]}";

    /// <summary>Whether a map lies in memory of its own, from which it comes when it is read.</summary>
    public bool IsGiven(string map) => Inputs.Contains(map) || _kept.Contains(map);

    /// <summary>Whether a pass makes this map where another one lay before, in a block of which a mask hid something else.</summary>
    public bool IsFresh(string map) => _fresh.Contains(map);

    public static ScratchSlots Of(KernelProgram program, IReadOnlyList<Step> steps, IReadOnlyList<string> kept)
    {
        var maps = program.Inputs.Concat(program.Buffers).Where(b => b.Shape == Shape.Map).Select(b => b.Name).ToList();
        var uses = Liveness.Of(program, steps)
            .Select(u => (Reads: u.Reads.Where(maps.Contains).ToList(), Writes: u.Writes is { } w && maps.Contains(w) ? w : null, u.EntryByEntry)).ToList();
        var slots = new ScratchSlots { _kept = kept };
        slots.Kept = [.. kept.Select((map, number) => (number, Place(map), map)).Where(k => uses.Any(u => u.Writes == k.map || u.Reads.Contains(k.map))).Select(k => (k.number, k.Item2))];
        var inputs = program.Inputs.Where(b => b.Shape == Shape.Map).Select(b => b.Name).ToList();
        slots.Inputs = [.. inputs.Where(name => uses.Any(u => u.Reads.Contains(name)))];
        var free = new SortedSet<int>();
        for (var at = 0; at < uses.Count; at++)
        {
            var done = uses[at].Reads.Where(name => slots._slots.ContainsKey(name) && !uses.Skip(at + 1).Any(u => u.Reads.Contains(name))).Select(name => slots._slots[name]).ToList();
            if (uses[at].EntryByEntry) free.UnionWith(done);
            if (uses[at].Writes is { } target && !slots._slots.ContainsKey(target) && !kept.Contains(target))
            {
                if (uses[at].EntryByEntry && free.Count == 0) slots._fresh.Add(target);
                slots._slots[target] = free.Count > 0 ? free.Min : slots.Count++;
                free.Remove(slots._slots[target]);
            }

            if (!uses[at].EntryByEntry) free.UnionWith(done);
        }

        return slots;
    }

    private static string Place(string map) => "kept" + map;
}
