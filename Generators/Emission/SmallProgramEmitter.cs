using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes the gradient of one loss at one tiny size without a mask over grouped matrices. Matrices of four rows never leave the registers; of larger
/// ones the products are methods, and what goes from one to the next lies in a few lines of scratch memory. Nothing else is kept: products with
/// directions begin by computing the matrices they need.
/// </summary>
internal sealed class SmallProgramEmitter(CodeWriter code, KernelProgram program, Grouping grouping)
{
    private readonly GroupedMatrices _matrices = new(code, grouping);
    private readonly Evaluation _gradient = Gradient(program);

    public static bool InRegisters(Grouping grouping) => grouping.Size == 4;

    public static string Name(KernelProgram program, Grouping grouping) => $"Small{program.Loss.Name}{grouping.Size}x{grouping.Size}{grouping.Dialect.Name}";

    /// <summary>Whether every step of the gradient has a form here; matrices are only turned between two vectors of the widest kind.</summary>
    public static bool Serves(KernelProgram program, Grouping grouping) => program.Loss.Form.Prefix.Length == 0
        && Gradient(program).Steps.All(s => s is ProductStep or PairStep { Start: Start.Set } or Pass || (s is TransposeStep && grouping.Dialect.Bits == 512));

    /// <summary>The products that a gradient calls.</summary>
    public static IEnumerable<GroupedMethod> Methods(KernelProgram program) =>
        Gradient(program).Steps.OfType<ProductStep>().Select(p => Method(program, p)).Distinct();

    public void Write()
    {
        var (t, size, dialect) = (grouping.Dialect.Scalar, grouping.Size, grouping.Dialect);
        var f = t == "double" ? "F64" : "F32";
        var passes = $"Passes{f}W{Math.Min(dialect.Bits, Layout.UsefulBits(512, size, dialect.Bytes))}";
        code.Line($"/// <summary>{program.Loss.Equation} {program.Loss.Summary}, d = n = {size}.</summary>");
        code.Line($"internal sealed unsafe class {Name(program, grouping)}(ProgramRequest request)");
        code.Block($"    : {program.Loss.Name}Program<Size{size}x{size}{f}, SmallPanels{size}x{size}{dialect.Name}, {passes}, {t}>(new(0), default, default, request, 1)", () =>
        {
            var scratch = InRegisters(grouping) ? [] : Scratch().Distinct().ToList();
            if (scratch.Count > 0) code.Line($"private readonly Workspace<{t}> _scratch = new({scratch.Count * size * size});").Line();
            code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
            code.Block("public override void RunGradient()", () =>
            {
                var inputs = program.Inputs.Select(b => b.Name).Where(name => name != "U").ToList();
                code.Line($"{t}* {string.Join(", ", inputs.Select(name => $"{name} = Input{name}").Append("G = GradientResult"))};");
                foreach (var name in inputs) _matrices.Lies(name, interleaved: false);
                if (scratch.Count > 0) code.Line($"{t}* {string.Join(", ", scratch.Select((name, i) => i == 0 ? $"{name} = _scratch.At(0)" : $"{name} = {scratch[0]} + {i * size * size}"))};");
                foreach (var step in _gradient.Steps)
                {
                    code.Line($"// {step.Formula}");
                    if (InRegisters(grouping)) Write(step);
                    else WriteThroughMemory(step);
                }

                _matrices.Store("G", _matrices.Rows(_gradient.Result));
                code.Line("LeaveStale();");
            });
        });
    }

    private static Evaluation Gradient(KernelProgram program) => program.Evaluations.Single(e => e.Name == "Gradient");

    private static GroupedMethod Method(KernelProgram program, ProductStep p) =>
        new(p.LeftTransposed, program.Inputs.Any(i => i.Name == p.Right), p.Start == Start.Add);

    private void Write(Step step)
    {
        switch (step)
        {
            case ProductStep p:
                var start = p.Start == Start.Add ? _matrices.Vectors(p.Target) : null;
                _matrices.Set(p.Target, Vectors(v => GroupedProduct.Sum(grouping, Factors(p.Left, p.LeftTransposed, p.Right, v), start?[v])));
                break;
            case PairStep p:
                _matrices.Set(p.Target, Vectors(v => GroupedProduct.Sum(grouping, [.. Factors(p.Left, false, p.Right, v), .. Factors(p.Left, true, p.Second, v)])));
                break;
            case TransposeStep turn:
                _matrices.Set(turn.Target, GroupedTranspose.Write(code, grouping, turn.Target, _matrices.Vectors(turn.From)));
                break;
            case Pass pass:
                new GroupedPass(code, grouping, program, pass, _matrices).Write();
                break;
        }
    }

    private void WriteThroughMemory(Step step)
    {
        switch (step)
        {
            case ProductStep p:
                Call(Method(program, p).Name, p.Target, p.LeftTransposed ? InRows(p.Left) : p.Left, p.Right);
                break;
            case PairStep p:
                Call(GroupedProductsEmitter.Pair, p.Target, p.Left, InRows(p.Left), p.Right, p.Second);
                break;
            default:
                Write(step);
                foreach (var name in Scratch().Distinct().Where(Lower.Targets(step).Contains)) _matrices.Store(name, _matrices.Vectors(name));
                foreach (var name in Scratch().Distinct().Where(Lower.Targets(step).Select(InRows).Except(Lower.Targets(step)).Contains)) _matrices.Store(name, _matrices.Rows(name.Substring(0, name.Length - 4)));
                break;
        }
    }

    private void Call(string method, string target, params string[] factors)
    {
        code.Line($"{GroupedProductsEmitter.Class(grouping)}.{method}({string.Join(", ", factors)}, {target});");
        _matrices.Lies(target, interleaved: true);
    }

    // What a product reads or writes, apart from what is given.
    private IEnumerable<string> Scratch() => _gradient.Steps
        .SelectMany(s => s switch
        {
            ProductStep p => [p.Target, p.LeftTransposed ? InRows(p.Left) : p.Left, p.Right],
            PairStep p => [p.Target, p.Left, InRows(p.Left), p.Right, p.Second],
            _ => new string[0],
        })
        .Where(name => program.Inputs.All(i => i.Name != name));

    private string InRows(string name) => grouping.Rows == 1 || program.Inputs.Any(i => i.Name == name) ? name : name + "Rows";

    private IEnumerable<string> Vectors(Func<int, string> value) => Enumerable.Range(0, grouping.Vectors).Select(value);

    private IEnumerable<(string Left, string Right)> Factors(string left, bool transposed, string right, int vector) =>
        Enumerable.Range(0, grouping.Size).Select(k => (Left(left, transposed, vector, k), _matrices.Repeated(right)[k]));

    private string Left(string name, bool transposed, int vector, int k)
    {
        if (!transposed) return grouping.BroadcastFrom(_matrices.Vectors(name)[vector], k);
        var at = k * grouping.Size + vector * grouping.Rows;
        if (program.Inputs.Any(i => i.Name == name)) return grouping.Broadcast(name, at);
        var lanes = grouping.Dialect.Lanes;
        return grouping.BroadcastFrom(_matrices.Rows(name)[at / lanes], at % lanes / grouping.Rows);
    }
}
