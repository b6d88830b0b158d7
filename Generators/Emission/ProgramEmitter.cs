using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>Writes one loss as a class: its buffers and, for every evaluation, its steps in order. Serves every size, width and precision.</summary>
internal static class ProgramEmitter
{
    public static void Write(CodeWriter code, KernelProgram program)
    {
        var name = program.Loss.Name;
        // The loss alone works in matrices of its own, so that trying a step does not disturb the point that the products are taken at.
        var trial = Trial(program);
        var buffers = program.Inputs.Concat(program.Buffers).ToList();
        buffers.AddRange(buffers.Where(b => trial.ContainsKey(b.Name)).Select(b => b with { Name = trial[b.Name] }).ToList());
        code.Line($"/// <summary>{program.Loss.Equation} L = {program.Loss.Summary}.</summary>");
        code.Line($"internal sealed unsafe class {name}Program<TProducts, TRows, T> : AttentionKernel<T>");
        code.Line("    where TProducts : struct, IProducts<T>");
        code.Line("    where TRows : struct, IRows<T>");
        code.Block("    where T : unmanaged, IFloatingPointIeee754<T>", () =>
        {
            code.Line("private readonly TProducts _products;");
            code.Line("private readonly TRows _rows;");
            code.Line($"private readonly T* {string.Join(", ", buffers.Select(b => b.Name))};");
            code.Line();
            code.Line($"public {name}Program(TProducts products, TRows rows, bool causal)");
            code.Block($"    : base(LossModel.{name}, products.D, products.N, products.StrideD, products.StrideN, causal, {Counts(buffers)})", () =>
            {
                code.Line("_products = products;");
                code.Line("_rows = rows;");
                foreach (var buffer in buffers) code.Line($"{buffer.Name} = {Carve(buffer)}; // {buffer.Shape}   {buffer.Formula}");
            });
            foreach (var evaluation in program.Evaluations)
                Write(code.Line(), program, evaluation, evaluation.Name == "Loss" ? trial : new Dictionary<string, string>());
        });
    }

    private static void Write(CodeWriter code, KernelProgram program, Evaluation evaluation, IReadOnlyDictionary<string, string> renamed)
    {
        var givesValue = evaluation.Name is "Loss" or "Gradient";
        code.Line($"/// <summary>{evaluation.Equation}</summary>");
        code.Block($"private protected override {(givesValue ? "T" : "void")} Run{evaluation.Name}()", () =>
        {
            if (givesValue) code.Line("var value = T.Zero;");
            foreach (var step in evaluation.Steps) code.Line($"{Call(program, step, name => renamed.TryGetValue(name, out var other) ? other : name)} // {step.Formula}");
            if (givesValue) code.Line("return value;");
        });
        if (evaluation.Result.Length > 0) code.Line().Line($"private protected override T* {evaluation.Name}Result => {evaluation.Result};");
    }

    private static Dictionary<string, string> Trial(KernelProgram program)
    {
        var names = program.Evaluations.Single(e => e.Name == "Loss").Steps.SelectMany(Lower.Targets).Distinct().ToDictionary(n => n, n => "trial" + n);
        names["X"] = "trialX";
        return names;
    }

    private static string Call(KernelProgram program, Step step, System.Func<string, string> at) => step switch
    {
        ProductStep p => $"_products.{ProductsEmitter.MethodOf(p.Kind)}({at(p.Left)}, {at(p.Right)}, {at(p.Target)}, add: {(p.Add ? "true" : "false")});",
        TransposeStep t => $"Transposition.Run({at(t.Source)}, {at(t.Target)}, N, StrideN);",
        RowPass pass => $"{(pass.HasTotal ? "value += " : "")}_rows.{pass.Name}({string.Join(", ", RowsEmitter.Parameters(program, pass).Select(at))}, "
            + (pass.Shape == Shape.Map ? "N, N, StrideN, Causal);" : "D, N, StrideN, causal: false);"),
        _ => throw new System.NotSupportedException(step.GetType().Name),
    };

    private static string Carve(Buffer buffer) => buffer.Name switch
    {
        "X" or "U" or "W" or "V" or "B" or "Bt" => $"Input{buffer.Name} = {Block(buffer.Shape)}",
        "trialX" => $"InputTrialX = {Block(buffer.Shape)}",
        _ => Block(buffer.Shape),
    };

    private static string Block(Shape shape) => shape switch
    {
        _ when shape == Shape.Weights => "CarveWeights()",
        _ when shape == Shape.States => "CarveStates()",
        _ when shape == Shape.Map => "CarveMap()",
        _ => "CarveColumn()",
    };

    private static string Counts(IReadOnlyCollection<Buffer> buffers)
    {
        int Of(Shape shape) => buffers.Count(b => b.Shape == shape);
        return $"weights: {Of(Shape.Weights)}, states: {Of(Shape.States)}, maps: {Of(Shape.Map)}, columns: {Of(Shape.PerRow)}";
    }
}
