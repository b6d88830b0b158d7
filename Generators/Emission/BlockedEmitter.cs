using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes a gradient in blocks of queries, for maps that do not stay in the cache: a block of columns is multiplied, passed over and used up
/// in scratch memory that does. What a causal mask hides of it is left out altogether. The whole maps, which products with directions need,
/// are made up for when the first of those is asked for.
/// </summary>
internal static class BlockedEmitter
{
    private enum Phase
    {
        Before,
        Block,
        After,
    }

    public static bool Serves(KernelProgram program, Evaluation evaluation) => evaluation.Name == "Gradient" && !evaluation.Steps.Any(s => s.PerHead);

    public static void Write(CodeWriter code, KernelProgram program, Evaluation evaluation, IReadOnlyDictionary<Pass, string> passNames)
    {
        var phases = Phases(program, evaluation.Steps);
        var scratch = ScratchSlots.Of(program, [.. phases.Where(p => p.Phase == Phase.Block).Select(p => p.Step)]);
        code.Line("/// <summary>The same block by block of queries.</summary>");
        code.Line("[MethodImpl(AggressiveOptimization)]");
        code.Block("private void RunBlockedGradient()", () =>
        {
            code.Line($"nint d = _size.D, n = _size.N, strideD = _size.StrideD, strideN = _size.StrideN, stride = BlockStride;");
            code.Line($"T* {string.Join(", ", Enumerable.Range(0, scratch.Count).Select(k => $"slot{k} = Scratch({k}, {scratch.Count})"))};");
            foreach (var (step, phase) in phases.Where(p => p.Phase == Phase.Before)) WriteWhole(code, (ProductStep)step);
            foreach (var target in phases.Where(p => p.Phase == Phase.Block).Select(p => Gathered(program, p.Step)).OfType<string>().Distinct())
                code.Line($"Clear({target}, n, strideD);");
            code.Block("for (nint first = 0; first < n; first += BlockTokens)", () =>
            {
                code.Line("nint count = nint.Min(BlockTokens, n - first), seen = Causal ? first + count : n;");
                if (scratch.Inputs.Count > 0) code.Line("T* observed = ObservedBlock(first);");
                foreach (var (step, _) in phases.Where(p => p.Phase == Phase.Block)) WriteBlock(code, program, step, passNames, scratch);
            });
            foreach (var (step, _) in phases.Where(p => p.Phase == Phase.After)) WriteWhole(code, (ProductStep)step);
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
            if (Gathered(program, step) is { } gathered) late.Add(gathered);
            else if (phase == Phase.Block) local.UnionWith(Lower.Targets(step));
            phases.Add((step, phase));
        }

        return phases;
    }

    // The matrix to which every block adds: sums over queries.
    private static string? Gathered(KernelProgram program, Step step) => step switch
    {
        PairStep p => p.Target,
        ProductStep { Depth: Extent.N, LeftTransposed: false } p => p.Target,
        _ => null,
    };

    private static void WriteWhole(CodeWriter code, ProductStep p) => code.Line(
        $"Multiply<{ProgramEmitter.Extents(p)}, {ProgramEmitter.Side(p)}, {p.Start}>({p.Left}, {p.Right}, {p.Target}); // {p.Formula}");

    private static void WriteBlock(CodeWriter code, KernelProgram program, Step step, IReadOnlyDictionary<Pass, string> passNames, ScratchSlots scratch)
    {
        switch (step)
        {
            case ProductStep { Depth: Extent.N, LeftTransposed: true } p:
                code.Line($"{Queries(scratch.At(p.Left), p.Right, p.Target, p.Start == Start.Add)} // {p.Formula}");
                break;
            case ProductStep { Depth: Extent.N } p:
                code.Line($"{Keys(scratch.At(p.Left), p.Right, p.Target)} // {p.Formula}");
                break;
            case ProductStep p when p.Result == Shape.Map:
                code.Line($"Range<{Side(p)}>(seen, d, count, {p.Left}, {LeftStride(p)}, {p.Right} + first, strideN, {scratch.At(p.Target)}, stride, {Adds(p)}); // {p.Formula}");
                code.Line($"if (Causal) HideFuture({scratch.At(p.Target)}, first, seen);");
                break;
            case ProductStep p:
                code.Line($"Range<{Side(p)}>(count, d, d, {p.Left} + first{(p.LeftTransposed ? "" : " * strideD")}, {LeftStride(p)}, {p.Right}, strideD, {p.Target} + first * strideD, strideD, {Adds(p)}); // {p.Formula}");
                break;
            case PairStep p:
                code.Line($"{Keys(scratch.At(p.Left), p.Right, p.Target)} // {p.Formula}");
                code.Line(Queries(scratch.At(p.Left), p.Second, p.Target, adds: true));
                break;
            case TransposeStep t:
                code.Line($"Transpose({t.From} + first * strideD, {t.Target} + first, count, d, strideD, strideN); // {t.Formula}");
                break;
            case Pass pass:
                var isMap = pass.Shape == Shape.Map;
                var arguments = PassesEmitter.Parameters(program, pass)
                    .Select(name => !isMap ? $"{name} + first * strideD" : program.StoredScalars.Contains(name) ? $"{name} + first" : scratch.At(name))
                    .Concat(isMap ? ["n", "count", "stride", "Causal", "first"] : ["count", "d", "strideD", "causal: false", "first: 0"])
                    .Concat(pass.HasTotal ? ["Total"] : []);
                code.Line($"_passes.{passNames[pass]}({string.Join(", ", arguments)}); // {pass.Formula}");
                break;
        }
    }

    private static string Side(ProductStep p) => p.LeftTransposed ? "Transposed" : "Straight";

    private static string LeftStride(ProductStep p) => p.LeftTransposed ? "strideN" : "strideD";

    private static string Adds(ProductStep p) => p.Start == Start.Add ? "true" : "false";

    // What the queries of the block gather from the keys they see, into rows of their own.
    private static string Queries(string map, string right, string target, bool adds) =>
        $"Range<Transposed>(count, seen, d, {map}, stride, {right}, strideD, {target} + first * strideD, strideD, {(adds ? "true" : "false")});";

    // What the keys gather from the queries of the block.
    private static string Keys(string map, string right, string target) =>
        $"Range<Straight>(seen, count, d, {map}, stride, {right} + first * strideD, strideD, {target}, strideD, true);";
}
