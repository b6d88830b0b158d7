using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>Writes the steps of an evaluation for whole matrices, those of every head in a loop over heads.</summary>
/// <param name="code">Where to.</param>
/// <param name="program">The loss.</param>
/// <param name="renamed">Matrices that stand in for others here.</param>
/// <param name="passNames">What each pass is called.</param>
internal sealed class StepWriter(CodeWriter code, KernelProgram program, IReadOnlyDictionary<string, string> renamed, IReadOnlyDictionary<Pass, string> passNames)
{
    private const string HeadLoop = "for (nint head = 0; head < Heads; head++)";

    private readonly IReadOnlyDictionary<string, Buffer> _perHead = program.Inputs.Concat(program.Buffers).Where(b => b.PerHead).ToDictionary(b => b.Name);

    public void Write(IReadOnlyList<Step> steps)
    {
        for (var first = 0; first < steps.Count;)
        {
            var group = steps.Skip(first).Take(Together(steps, first)).ToList();
            if (group[0].PerHead) code.Block(HeadLoop, () => WriteGroup(group));
            else WriteGroup(group);
            first += group.Count;
        }
    }

    // How many steps share a loop over heads, or none. What is summed over the heads is there after the last of them: who reads it begins another loop.
    private int Together(IReadOnlyList<Step> steps, int first)
    {
        var (summed, next) = (new HashSet<string>(), first);
        for (; next < steps.Count && steps[next].PerHead == steps[first].PerHead; next++)
        {
            if (Liveness.Of(program, [steps[next]]).SelectMany(use => use.Reads).Any(summed.Contains)) break;
            if (steps[next] is ProductStep { Start: Start.SumOverHeads } or PairStep { Start: Start.SumOverHeads }) summed.UnionWith(Lower.Targets(steps[next]));
        }

        return next - first;
    }

    private void WriteGroup(IEnumerable<Step> steps)
    {
        var left = steps.ToList();
        while (left.Count > 0)
        {
            var step = left[0];
            left.RemoveAt(0);
            if (step is ProductStep first && left.OfType<ProductStep>().FirstOrDefault(other => AreTwins(first, other, isNext: ReferenceEquals(other, left[0]))) is { } second)
            {
                left.Remove(second);
                Twins(first, second);
            }
            else if (Terms([step, .. left]) is { Count: > 1 } terms)
            {
                left.RemoveRange(0, terms.Count - 1);
                WriteSum(terms);
            }
            else if (ComparedProduct.Of(program, step, left.FirstOrDefault()) is { } compared)
            {
                left.RemoveAt(0);
                Compare(compared);
            }
            else
            {
                Write(step);
            }
        }
    }

    private void Compare(ComparedProduct compared)
    {
        var p = compared.Product;
        code.Line($"// {p.Formula}; {compared.Pass.Formula}");
        code.Block(
            $"if ({(compared.IsMasked ? "Causal || " : "")}!MultiplyResidual<{ProgramWords.Extents(p)}, {ProgramWords.Side(p)}>({At(p.Left)}, {At(p.Right)}, {At(compared.Observed)}, {At(compared.Target)}))",
            () =>
            {
                Write(p);
                Pass(compared.Pass);
            });
    }

    // Two products by the same left factor, of inputs or one right after the other: nothing has to come between them, so one reading of that factor serves both.
    private bool AreTwins(ProductStep one, ProductStep other, bool isNext) =>
        one.Start == Start.Set && (one with { Target = other.Target, Right = other.Right, Formula = other.Formula }) == other
        && (new[] { one.Left, one.Right, other.Right }.All(name => program.Inputs.Any(b => b.Name == name)) || (isNext && other.Right != one.Target));

    // Two or three products in a row into one target, the second of a transposed factor: what a tile sums up.
    private static List<ProductStep> Terms(IEnumerable<Step> steps)
    {
        var terms = new List<ProductStep>();
        foreach (var step in steps.Take(3))
        {
            if (step is not ProductStep { RightIsWeights: false } p || p.LeftTransposed != (terms.Count == 1)) break;
            if (terms.Count == 0 ? p.Start != Start.Set : !Adds(terms[0], p)) break;
            terms.Add(p);
        }

        return terms;
    }

    private void WriteSum(List<ProductStep> terms) => code.Line(
        $"{(terms.Count == 2 ? $"MultiplyPair<{ProgramWords.Extents(terms[0])}, Set>" : $"MultiplySum<{ProgramWords.Extents(terms[0])}>")}({string.Join(", ", terms.Select(p => $"{At(p.Left)}, {At(p.Right)}"))}, {At(terms[0].Target)}); // {string.Join("; ", terms.Select(p => p.Formula))}");

    private static bool Adds(ProductStep set, ProductStep more) =>
        more.Start == Start.Add && (more.Target, more.Result, more.Depth, more.RightIsWeights) == (set.Target, set.Result, set.Depth, set.RightIsWeights);

    private void Twins(ProductStep first, ProductStep second) => code.Line(
        $"MultiplyTwin<{ProgramWords.Extents(first)}, {ProgramWords.Side(first)}>({At(first.Left)}, {At(first.Right)}, {At(second.Right)}, {At(first.Target)}, {At(second.Target)}); // {first.Formula}; {second.Formula}");

    private void Write(Step step)
    {
        switch (step)
        {
            case ProductStep p:
                Started(p.Start, p.Formula, start => ProgramWords.Multiply(p, start, At));
                break;
            case PairStep p:
                Started(p.Start, p.Formula, start =>
                    $"MultiplyPair<{ProgramWords.Extent(p.Result.Rows)}, {ProgramWords.Extent(p.Depth)}, {ProgramWords.Extent(p.Result.Columns)}, {start}>({At(p.Left)}, {At(p.Right)}, {At(p.Left)}, {At(p.Second)}, {At(p.Target)});");
                break;
            case TransposeStep t:
                var (rows, columns) = t.Source;
                code.Line($"Transpose({At(t.From)}, {At(t.Target)}, {Letter(rows)}, {Letter(columns)}, {Stride(columns)}, {Stride(rows)}); // {t.Formula}");
                break;
            case Pass pass:
                Pass(pass);
                break;
        }
    }

    private void Pass(Pass pass)
    {
        var (rows, columns) = pass.Shape;
        var arguments = PassesEmitter.Parameters(program, pass).Select(At)
            .Concat([Letter(rows), Letter(columns), Stride(columns), pass.Shape == Shape.Map ? "Causal" : "causal: false", "first: 0"])
            .Concat(pass.HasTotal ? ["Total"] : []);
        code.Line($"{(pass.OnlyHides ? "if (Causal) " : "")}_passes.{passNames[pass]}({string.Join(", ", arguments)}); // {pass.Formula}");
    }

    // A sum over heads is set by the first of them and added to by the others.
    private void Started(Start start, string formula, System.Func<string, string> call)
    {
        if (start != Start.SumOverHeads)
        {
            code.Line($"{call(start.ToString())} // {formula}");
            return;
        }

        code.Line($"if (head == 0) {call("Set")} // {formula}");
        code.Line($"else {call("Add")}");
    }

    private string At(string name)
    {
        var local = renamed.TryGetValue(name, out var other) ? other : name;
        return _perHead.TryGetValue(name, out var buffer) ? $"{local} + head * {ProgramWords.Size(buffer.Shape)}" : local;
    }

    private static string Letter(Extent extent) => "_size." + ProgramWords.Letter(extent);

    private static string Stride(Extent extent) => "_size." + ProgramWords.Stride(extent);
}
