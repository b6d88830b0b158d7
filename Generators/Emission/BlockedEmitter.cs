using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes an evaluation in blocks of queries, for maps that do not stay in the cache: a block of columns is multiplied, passed over and used up
/// in scratch memory that does. What a causal mask hides of it is left out altogether. The maps of a point that products with directions need
/// are kept block by block, once the first of those is asked for.
/// </summary>
internal static class BlockedEmitter
{
    /// <summary>The gradient once more, for what it leaves behind.</summary>
    private const string Point = "Point";

    private enum Phase
    {
        Before,
        Block,
        After,
    }

    public static bool Serves(KernelProgram program, Evaluation evaluation) =>
        !program.IsJoint && evaluation.Name is "Loss" or "Gradient" or "HessianVector" or "GaussNewton" or "Bend";

    /// <param name="code">Where to.</param>
    /// <param name="program">The loss.</param>
    /// <param name="renamed">Matrices of the loss alone that have a place beside that of the gradient.</param>
    /// <param name="passNames">What each pass is called.</param>
    public static void Write(CodeWriter code, KernelProgram program, IReadOnlyDictionary<string, string> renamed, IReadOnlyDictionary<Pass, string> passNames)
    {
        var kept = Kept(program);
        foreach (var evaluation in program.Evaluations.Where(e => Serves(program, e)))
        {
            var isLoss = evaluation.Name == "Loss";
            var needsPoint = evaluation.Name is not ("Loss" or "Gradient");
            Write(code.Line(), program, evaluation, evaluation.Name, needsPoint ? kept : [], name => isLoss && renamed.TryGetValue(name, out var other) ? other : name, passNames);
            if (evaluation.Name == "Gradient") Write(code.Line(), program, evaluation, Point, kept, name => name, passNames);
        }
    }

    // Maps that the gradient makes and a product with a direction reads.
    private static IReadOnlyList<string> Kept(KernelProgram program)
    {
        var made = new HashSet<string>(program.Evaluations.Single(e => e.Name == "Gradient").Steps.SelectMany(Lower.Targets));
        var read = new HashSet<string>(program.Evaluations.SelectMany(e => Liveness.Of(program, e.Steps.Where(s => s.FollowsDirection))).SelectMany(u => u.Reads));
        return [.. program.Buffers.Where(b => b.Shape == Shape.Map && made.Contains(b.Name) && read.Contains(b.Name)).Select(b => b.Name)];
    }

    private static void Write(
        CodeWriter code, KernelProgram program, Evaluation evaluation, string name, IReadOnlyList<string> kept, System.Func<string, string> at, IReadOnlyDictionary<Pass, string> passNames)
    {
        var phases = Phases(program, evaluation.Steps);
        var scratch = ScratchSlots.Of(program, [.. phases.Where(p => p.Phase == Phase.Block).Select(p => p.Step)], kept);
        var writer = new BlockWriter(code, program, scratch, at, passNames);
        code.Line($"/// <summary>{(name == Point ? "The gradient that keeps its maps" : evaluation.Equation)}, block by block of queries.</summary>");
        code.Line("[MethodImpl(AggressiveOptimization)]");
        code.Block($"private void RunBlocked{name}()", () =>
        {
            code.Line("nint d = _size.D, n = _size.N, strideD = _size.StrideD, strideN = _size.StrideN, stride = Blocks.Stride, columnStride = Blocks.ColumnStride, tokens = Blocks.Tokens;");
            if (scratch.Count > 0) code.Line($"T* {string.Join(", ", Enumerable.Range(0, scratch.Count).Select(k => $"slot{k} = Blocks.Scratch({k}, {scratch.Count})"))};");
            foreach (var (step, _) in phases.Where(p => p.Phase == Phase.Before)) writer.Whole((ProductStep)step);
            foreach (var target in phases.Where(p => p.Phase == Phase.Block).Select(p => BlockWriter.Gathered(p.Step)).OfType<string>().Distinct())
                code.Line($"if (Causal) Clear({at(target)}, n, strideD);");
            code.Block("for (nint first = 0; first < n; first += tokens)", () =>
            {
                code.Line("nint count = nint.Min(tokens, n - first), seen = Causal ? first + count : n;");
                if (scratch.Inputs.Count > 0) code.Line("T* observed = Blocks.Observed(first);");
                foreach (var (number, place) in scratch.Kept) code.Line($"T* {place} = Blocks.Kept({number}, {kept.Count}, first);");
                writer.Block([.. phases.Where(p => p.Phase == Phase.Block).Select(p => p.Step)]);
            });
            foreach (var (step, _) in phases.Where(p => p.Phase == Phase.After)) writer.Whole((ProductStep)step);
        });
    }

    // Products of weights come before the blocks where they need nothing of them, within where they need one block, else after.
    private static IReadOnlyList<(Step Step, Phase Phase)> Phases(KernelProgram program, IReadOnlyList<Step> steps)
    {
        var (local, late) = (new HashSet<string>(), new HashSet<string>());
        var phases = new List<(Step, Phase)>();
        foreach (var step in steps)
        {
            var reads = step is ProductStep p ? new[] { p.Left, p.Right } : [];
            var phase = step is ProductStep { Depth: not Extent.N, Result: var result } && result != Shape.Map
                ? reads.Any(late.Contains) ? Phase.After : reads.Any(local.Contains) ? Phase.Block : Phase.Before
                : Phase.Block;
            if (BlockWriter.Gathered(step) is { } gathered) late.Add(gathered);
            else if (phase == Phase.Block) local.UnionWith(Lower.Targets(step));
            phases.Add((step, phase));
        }

        return phases;
    }
}
