using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes the gradient of one loss at one tiny size without a mask as a single expression over registers: every matrix is a few rows, a row is
/// one vector, and an entry reaches the others by a shuffle. Nothing but the result is stored; products with directions begin by computing
/// the matrices they need.
/// </summary>
internal sealed class SmallProgramEmitter(CodeWriter code, KernelProgram program, string scalar, int d, int n)
{
    private readonly Dictionary<string, Shape> _shapes = program.Inputs.Concat(program.Buffers).ToDictionary(b => b.Name, b => b.Shape);
    private readonly HashSet<string> _inRegisters = [];
    private readonly Dictionary<Expr, string> _columns = [];

    private int Bytes => scalar == "double" ? 8 : 4;

    public static string Name(KernelProgram program, string scalar, int d, int n) => $"Small{program.Loss.Name}{d}x{n}{(scalar == "double" ? "F64" : "F32")}";

    /// <summary>Whether every step of the gradient is one that stays in registers.</summary>
    public static bool Serves(KernelProgram program) =>
        program.Loss.Form.Prefix.Length == 0 && program.Evaluations.Single(e => e.Name == "Gradient").Steps.All(s => s is ProductStep { Start: Start.Set } or PairStep { Start: Start.Set } or Pass);

    public void Write()
    {
        var (f, gradient) = (scalar == "double" ? "F64" : "F32", program.Evaluations.Single(e => e.Name == "Gradient"));
        var (panels, passes) = ($"Panels{f}W{Math.Min(512, Math.Max(256, Bits(Math.Max(d, n))))}", $"Passes{f}W{Bits(n)}");
        code.Line($"/// <summary>{program.Loss.Equation} {program.Loss.Summary}, d = {d}, n = {n}, {scalar}, in registers.</summary>");
        code.Line($"internal sealed unsafe class {Name(program, scalar, d, n)}(ProgramRequest request)");
        code.Block($"    : {program.Loss.Name}Program<SmallSize{d}x{n}, {panels}, {passes}, {scalar}>(default, default, default, request, 1)", () =>
        {
            code.Line("[MethodImpl(AggressiveOptimization)]");
            code.Block("public override void RunGradient()", () =>
            {
                foreach (var input in program.Inputs.Where(b => b.Name != "U")) code.Line($"{scalar}* {input.Name} = Input{input.Name};");
                foreach (var step in gradient.Steps)
                {
                    code.Line($"// {step.Formula}");
                    switch (step)
                    {
                        case ProductStep p:
                            Rows(p.Target, p.Result, row => Sum(row, p.Left, p.LeftTransposed, p.Right, p.Depth, p.Result));
                            break;
                        case PairStep p:
                            Rows(p.Target, p.Result, row => $"{Sum(row, p.Left, false, p.Right, p.Depth, p.Result)} + {Sum(row, p.Left, true, p.Second, p.Depth, p.Result)}");
                            break;
                        case Pass pass:
                            WritePass(pass, $"{passes}.Exp");
                            break;
                    }
                }

                code.Line($"{scalar}* G = GradientResult;");
                for (var row = 0; row < n; row++) code.Line($"*({Vector(Extent.D)}*)(G + {row * d}) = {gradient.Result}{row};");
                code.Line("LeaveStale();");
            });
        });
    }

    private int Size(Extent extent) => extent == Extent.D ? d : n;

    private int Bits(int count) => count * Bytes * 8;

    private string Class(Extent columns) => $"Vector{Bits(Size(columns))}";

    private string Vector(Extent columns) => $"{Class(columns)}<{scalar}>";

    private void Rows(string target, Shape shape, Func<int, string> value)
    {
        for (var row = 0; row < Size(shape.Rows); row++) code.Line($"{Vector(shape.Columns)} {target}{row} = {value(row)};");
        _inRegisters.Add(target);
    }

    // Two chains of multiply-adds, since one would wait for itself.
    private string Sum(int row, string left, bool transposed, string right, Extent depth, Shape result)
    {
        string Chain(IEnumerable<int> steps) => steps.Aggregate("", (sum, k) =>
        {
            var (a, b) = (Entry(left, transposed, row, k, result.Columns, depth), Row(right, k));
            return sum.Length == 0 ? $"{a} * {b}" : $"{Class(result.Columns)}.FusedMultiplyAdd({a}, {b}, {sum})";
        });
        var half = Size(depth) / 2;
        return $"({Chain(Enumerable.Range(0, half))} + {Chain(Enumerable.Range(half, half))})";
    }

    // One entry of a left factor in every lane.
    private string Entry(string left, bool transposed, int row, int k, Extent columns, Extent depth)
    {
        var (r, c) = transposed ? (k, row) : (row, k);
        var held = _shapes[left];
        if (!_inRegisters.Contains(left)) return $"{Class(columns)}.Create({left}[{r * Size(held.Columns) + c}])";
        var index = scalar == "double" ? $"{c}L" : $"{c}";
        return Size(held.Columns) == Size(columns)
            ? $"{Class(columns)}.Shuffle({left}{r}, {Class(columns)}.Create({index}))"
            : $"{Class(columns)}.Create({left}{r}.GetElement({c}))";
    }

    private string Row(string matrix, int row) =>
        _inRegisters.Contains(matrix) ? $"{matrix}{row}" : $"*({Vector(_shapes[matrix].Columns)}*)({matrix} + {row * Size(_shapes[matrix].Columns)})";

    private void WritePass(Pass pass, string exp)
    {
        var v = Vector(pass.Shape.Columns);
        foreach (var (stage, index) in pass.Stages.Select((s, i) => (s, i)))
        {
            switch (stage)
            {
                case SoftmaxStage soft:
                    var scores = Values(soft.Formula, pass);
                    code.Line($"{v} top = {Tree(scores, (a, b) => $"{Class(Extent.N)}.Max({a}, {b})")};");
                    for (var row = 0; row < n; row++) code.Line($"{v} e{row} = {exp}({scores[row]} - top);");
                    code.Line($"{v} over = {v}.One / ({Tree([.. Enumerable.Range(0, n).Select(row => $"e{row}")], (a, b) => $"({a} + {b})")});");
                    Rows(soft.Target, pass.Shape, row => $"e{row} * over");
                    break;
                case SumStage sum:
                    code.Line($"{v} {sum.Scalar}_ = {Tree(Values(sum.Formula, pass), (a, b) => $"({a} + {b})")};");
                    _columns[sum.Made.Single()] = $"{sum.Scalar}_";
                    break;
                case TotalStage total:
                    code.Line($"*Total = {(index == 0 || !pass.Stages.Take(index).Any(s => s is TotalStage) ? "" : "*Total + ")}({scalar}){total.Factor.ToString("R", System.Globalization.CultureInfo.InvariantCulture)} * {Class(Extent.N)}.Sum({Tree(Values(total.Formula, pass), (a, b) => $"({a} + {b})")});");
                    break;
                case MapStage map:
                    var values = Values(map.Formula, pass);
                    Rows(map.Target, pass.Shape, row => values[row]);
                    break;
            }
        }
    }

    private List<string> Values(Expr formula, Pass pass) => [.. Enumerable.Range(0, Size(pass.Shape.Rows)).Select(row => Value(formula, row))];

    private string Value(Expr e, int row) => e switch
    {
        _ when _columns.TryGetValue(e, out var column) => column,
        _ when e.Shape.Columns != Extent.One && (e is Symbol || program.Names.ContainsKey(e)) && Held(e) is { } held && (e is Symbol || _inRegisters.Contains(held)) => Row(held, row),
        LogSumExp => $"(top - {Class(Extent.N)}.Log(over))",
        Visible(var a) => Value(a, row),
        Across(var a) => Value(a, row),
        Centred c => $"({Value(c.A, row)} - {_columns[Columnwise.MeanOf(c)]} * {Class(Extent.N)}.Create(({scalar}){(1.0 / n).ToString("R", System.Globalization.CultureInfo.InvariantCulture)}))",
        Scaled s => $"({Class(Extent.N)}.Create(({scalar}){s.Factor.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}) * {Value(s.A, row)})",
        Sum(var a, Scaled { Factor: -1 } b) => $"({Value(a, row)} - {Value(b.A, row)})",
        Sum(var a, var b) => $"({Value(a, row)} + {Value(b, row)})",
        Hadamard(var a, var b) => $"({Value(a, row)} * {Value(b, row)})",
        _ => throw new NotSupportedException($"{e.GetType().Name} has no value in registers: {e}"),
    };

    private string Held(Expr e) => Stored.Name(e is Symbol s ? s.Name : program.Names[e], Stored.AsTranspose(e));

    private static string Tree(IReadOnlyList<string> values, Func<string, string, string> join) => values.Count == 1
        ? values[0]
        : join(Tree([.. values.Take(values.Count / 2)], join), Tree([.. values.Skip(values.Count / 2)], join));
}
