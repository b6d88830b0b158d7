using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes the gradient of one loss at one tiny size without a mask over grouped matrices. Nothing but the result is kept: products with directions begin
/// by computing the matrices they need.
/// </summary>
internal sealed class SmallProgramEmitter(CodeWriter code, KernelProgram program, Grouping grouping)
{
    private const string RunGradient = "override void RunGradient";

    /// <summary>Whether matrices never leave the registers. Elsewhere that is too much text.</summary>
    public static bool InRegisters(Grouping grouping) => grouping.Size == 4 && grouping.Rows > 1;

    public static string Name(KernelProgram program, Grouping grouping) => $"Small{program.Loss.Name}{grouping.Size}x{grouping.Size}{grouping.Dialect.Name}";

    /// <summary>Whether every step of the gradient has a form here.</summary>
    public static bool Serves(KernelProgram program) => !program.IsJoint
        && Gradient(program).Steps.All(s => s is ProductStep or PairStep { Start: Start.Set } or Pass);

    public static Evaluation Gradient(KernelProgram program) => program.Evaluations.Single(e => e.Name == "Gradient");

    /// <summary>What a gradient is given, by name.</summary>
    public static IReadOnlyList<string> Inputs(KernelProgram program) => [.. program.Inputs.Select(b => b.Name).Where(name => name != "U")];

    /// <summary>The products of nothing but that.</summary>
    public static IReadOnlyList<ProductStep> Given(KernelProgram program)
    {
        var inputs = Inputs(program);
        return [.. Gradient(program).Steps.OfType<ProductStep>().Where(p => inputs.Contains(p.Left) && inputs.Contains(p.Right))];
    }

    public void Write()
    {
        var (t, size, dialect) = (grouping.Dialect.Scalar, grouping.Size, grouping.Dialect);
        var f = t == "double" ? "F64" : "F32";
        var passes = $"Passes{f}W{Math.Min(dialect.Bits, size * dialect.Bytes * 8)}";
        var name = Name(program, grouping);
        var (places, plain, methods) = grouping.IsFeaturewise ? Featurewise() : Grouped();
        code.Line($"/// <summary>{program.Loss.Equation} {program.Loss.Summary}, d = n = {size}.</summary>");
        code.Line($"internal sealed unsafe class {name} : {program.Loss.Name}Program<Size{size}x{size}{f}, SmallPanels{size}x{size}{dialect.Name}, {passes}, {t}>{(methods.Count > 1 ? ", IPartsAlone" : "")}");
        code.Block("", () =>
        {
            places.WriteFields(code);
            code.Line($"public {name}(ProgramRequest request)");
            code.Line("    : base(new(0), default, default, request, 1)");
            code.Block("", () => places.WriteSetUp(code));
            code.Line();
            places.WriteTakeWeights(code);
            foreach (var (method, write) in methods)
            {
                code.Line("[MethodImpl(AggressiveOptimization)]");
                code.Block($"public {method}()", () =>
                {
                    code.Line($"{t}* {string.Join(", ", plain.Select(name => $"{name} = Input{name}").Append("G = GradientResult"))};");
                    places.WritePointers(code);
                    write();
                    code.Line("LeaveStale();");
                });
            }
        });
    }

    private (GroupedPlaces Places, IReadOnlyList<string> Plain, IReadOnlyList<(string Method, Action Write)> Methods) Featurewise()
    {
        var plan = new FeaturewisePlan(program);
        FeaturewiseSteps Steps() => new(code, program, grouping, plan);
        return (new(plan, grouping), plan.Inputs, [(RunGradient, Steps().Write), ("void RunProducts", Steps().WriteProducts), ("void RunPasses", Steps().WritePasses)]);
    }

    private (GroupedPlaces Places, IReadOnlyList<string> Plain, IReadOnlyList<(string Method, Action Write)> Methods) Grouped()
    {
        var plan = new GroupedPlan(program, grouping);
        return (new(plan, grouping), plan.Plain, [(RunGradient, () =>
        {
            if (grouping.Interleaves) code.Line(grouping.InterleaveOrder).Line(grouping.SeparateOrder);
            foreach (var order in grouping.AreHalves ? [] : InRegisters(grouping) ? grouping.TurnOrders : grouping.RepeatOrders) code.Line(order);
            var steps = new GroupedSteps(code, program, grouping, plan);
            if (InRegisters(grouping)) steps.WriteInRegisters();
            else steps.WriteThroughMemory();
        })]);
    }
}
