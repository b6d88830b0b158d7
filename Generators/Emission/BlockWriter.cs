using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>Writes the steps of an evaluation for one block of queries: maps in scratch memory, of all else the rows of the block's tokens.</summary>
/// <param name="code">Where to.</param>
/// <param name="program">The loss.</param>
/// <param name="scratch">Where maps lie.</param>
/// <param name="at">Where other matrices lie.</param>
/// <param name="passNames">What each pass is called.</param>
internal sealed class BlockWriter(
    CodeWriter code, KernelProgram program, ScratchSlots scratch, System.Func<string, string> at, IReadOnlyDictionary<Pass, string> passNames)
{
    // Maps from elsewhere that the block has yet to read.
    private Queue<string> _awaited = new();

    // What all blocks add to, and this one has not written yet.
    private HashSet<string> _gathered = [];

    /// <summary>A step that is done once, for all tokens.</summary>
    public void Whole(ProductStep p) => code.Line($"{ProgramWords.Multiply(p, p.Start.ToString(), at)} // {p.Formula}");

    /// <summary>The steps for the queries of a block.</summary>
    public void Block(IReadOnlyList<Step> steps)
    {
        _awaited = new(Liveness.Of(program, steps).SelectMany(use => use.Reads).Distinct().Where(scratch.IsGiven).Except(steps.SelectMany(Lower.Targets)));
        _gathered = [.. steps.Select(Gathered).OfType<string>()];
        for (var i = 0; i < steps.Count; i++)
            if (ComparedProduct.Of(program, steps[i], steps.ElementAtOrDefault(i + 1)) is { } compared) Compare(compared, steps[++i]);
            else Block(steps[i]);
    }

    /// <summary>The matrix to which a step adds in every block: sums over queries. The first block sets it, where all its queries see all keys.</summary>
    public static string? Gathered(Step step) => step switch
    {
        PairStep p => p.Target,
        ProductStep { Depth: Extent.N, LeftTransposed: false, Result.Columns: not Extent.N } p => p.Target,
        _ => null,
    };

    private void Compare(ComparedProduct compared, Step pass)
    {
        var p = compared.Product;
        var arguments = compared.IsMasked
            ? $"seen, d, count, {at(p.Left)}, {LeftStride(p)}, {Columns(p)}, {scratch.At(compared.Target)}, stride, {scratch.At(compared.Observed)}"
            : $"{Mixed(p, compared.Target)}, {at(compared.Observed)} + first";
        code.Block($"if ({(compared.IsMasked ? "Causal || " : "")}!RangeResidual<{Side(p)}>({arguments}))", () =>
        {
            Block(p);
            Block(pass);
        });
    }

    private void Block(Step step)
    {
        switch (step)
        {
            case ProductStep { Depth: Extent.N, Result.Columns: Extent.N, Result.Rows: not Extent.N } p:
                code.Line($"Range<{Side(p)}>({Mixed(p, p.Target)}, {Adds(p)}); // {p.Formula}");
                break;
            case ProductStep { Depth: Extent.N, LeftTransposed: true } p:
                code.Line($"{Queries(p.Left, p.Right, p.Target, p.Start == Start.Add)} // {p.Formula}");
                break;
            case ProductStep { Depth: Extent.N } p:
                code.Line($"{Keys(p.Left, p.Right, p.Target)} // {p.Formula}");
                break;
            case ProductStep p when p.Result == Shape.Map:
                var awaits = _awaited.Count > 0;
                code.Line(
                    $"Range{(awaits ? "Awaiting" : "")}<{Side(p)}>(seen, d, count, {at(p.Left)}, {LeftStride(p)}, {Columns(p)}, {scratch.At(p.Target)}, stride, {Adds(p)}{(awaits ? ", " + scratch.At(_awaited.Dequeue()) : "")}); // {p.Formula}");
                Hide(p.Target);
                break;
            case ProductStep p:
                code.Line($"Range<{Side(p)}>(count, d, d, {at(p.Left)} + first{(p.LeftTransposed ? "" : " * strideD")}, {LeftStride(p)}, {at(p.Right)}, strideD, {at(p.Target)} + first * strideD, strideD, {Adds(p)}); // {p.Formula}");
                break;
            case PairStep p:
                code.Line($"{Keys(p.Left, p.Right, p.Target)} // {p.Formula}");
                code.Line(Queries(p.Left, p.Second, p.Target, adds: true));
                break;
            case TransposeStep { Source.Rows: Extent.N } t:
                code.Line($"Transpose({at(t.From)} + first * strideD, {at(t.Target)} + first, count, d, strideD, strideN); // {t.Formula}");
                break;
            case TransposeStep t:
                throw new System.NotSupportedException($"no block of {t.Formula}");
            case Pass pass when !IsDone(pass):
                Pass(pass);
                break;
        }
    }

    // What a mask hides of a block is zero as soon as its products are there.
    private bool IsDone(Pass pass) =>
        pass.OnlyHides && PassesEmitter.Parameters(program, pass).Select(scratch.At).Distinct().Count() == 1;

    private void Pass(Pass pass)
    {
        var isMap = pass.Shape == Shape.Map;
        var arguments = PassesEmitter.Parameters(program, pass)
            .Select(name => isMap && !program.StoredScalars.Contains(name) ? scratch.At(name) : $"{at(name)} + first")
            .Concat(isMap ? ["n", "count", "stride", "Causal", "first"] : ["d", "count", "strideN", "causal: false", "first: 0"])
            .Concat(pass.HasTotal ? ["Total"] : []);
        code.Line($"_passes.{passNames[pass]}({string.Join(", ", arguments)}); // {pass.Formula}");
        foreach (var made in pass.Stages.OfType<MapStage>().Where(stage => isMap && scratch.IsFresh(stage.Target))) Hide(made.Target);
    }

    private void Hide(string map) => code.Line($"if (Causal) Blocks.HideFuture({scratch.At(map)}, first, seen);");

    private static string Side(ProductStep p) => p.LeftTransposed ? "Transposed" : "Straight";

    private static string LeftStride(ProductStep p) => p.LeftTransposed ? "strideN" : "strideD";

    // What a map is a product with: columns of the queries, and the way from row to row.
    private string Columns(ProductStep p) => $"Blocks.Columns({at(p.Right)}, first), columnStride";

    private static string Adds(ProductStep p) => p.Start == Start.Add ? "true" : "false";

    // What the map of the block mixes for its queries, into columns of their own.
    private string Mixed(ProductStep p, string target) =>
        $"d, seen, count, {at(p.Left)}, {(p.LeftTransposed ? "strideD" : "strideN")}, {scratch.At(p.Right)}, stride, {at(target)} + first, strideN";

    // What the queries of the block gather from the keys they see, into rows of their own.
    private string Queries(string map, string right, string target, bool adds) =>
        $"Range<Transposed>(count, seen, d, {scratch.At(map)}, stride, {at(right)}, strideD, {at(target)} + first * strideD, strideD, {(adds ? "true" : "false")});";

    // What the keys gather from the queries of the block.
    private string Keys(string map, string right, string target) =>
        $"Range<Straight>(seen, count, d, {scratch.At(map)}, stride, {at(right)} + first * strideD, strideD, {at(target)}, strideD, {(_gathered.Remove(target) ? "Causal || first > 0" : "true")});";
}
