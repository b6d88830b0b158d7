using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>Writes one loss as a class: its buffers and, for every evaluation, its steps in order. Serves every size, width and precision.</summary>
internal static class ProgramEmitter
{
    private const string HeadLoop = "for (nint head = 0; head < Heads; head++)";

    public static void Write(CodeWriter code, KernelProgram program, IReadOnlyDictionary<Pass, string> passNames)
    {
        var name = program.Loss.Name;
        // The loss alone works in matrices of its own, so that trying a step does not disturb the point that the products are taken at.
        var trial = Trial(program);
        var inputs = program.Inputs.Select(b => b.Name).ToList();
        var buffers = program.Inputs.Concat(program.Buffers).ToList();
        buffers.AddRange(buffers.Where(b => trial.ContainsKey(b.Name)).Select(b => b with { Name = trial[b.Name] }).ToList());
        var successors = Liveness.Successors(program);
        var places = successors.Concat(successors.Where(s => trial.ContainsKey(s.Key)).Select(s => new KeyValuePair<string, string>(trial[s.Key], trial[s.Value])))
            .ToDictionary(s => s.Key, s => s.Value);
        buffers = [.. buffers.OrderBy(b => places.ContainsKey(b.Name))];
        code.Line($"/// <summary>{program.Loss.Equation} L = {program.Loss.Summary}{(program.Loss.Form.Prefix.Length > 0 ? ", summed over heads that share X" : "")}.</summary>");
        code.Line($"internal unsafe class {name}Program<TSize, TPanels, TPasses, T> : LossProgram<T>");
        code.Line("    where TSize : struct, IProblemSize");
        code.Line("    where TPanels : struct, IPanels<T>");
        code.Line("    where TPasses : struct, IPasses<T>");
        code.Block("    where T : unmanaged", () =>
        {
            code.Line("private readonly TSize _size;");
            code.Line("private readonly TPanels _panels;");
            code.Line("private readonly TPasses _passes;");
            code.Line($"private readonly T* {string.Join(", ", buffers.Where(b => !IsObserved(b)).Select(b => b.Name))};");
            foreach (var observed in buffers.Where(IsObserved)) code.Line($"private T* {observed.Name} => Input{observed.Name};");
            code.Line("private bool _prepared;");
            if (program.Loss.Form.Prefix.Length == 0) code.Line("private bool _stale;");
            code.Line();
            code.Line($"public {name}Program(TSize size, TPanels panels, TPasses passes, ProgramRequest request, int lanes)");
            code.Block("    : base(ProblemShape.Of(size, lanes), request)", () =>
            {
                code.Line("(_size, _panels, _passes) = (size, panels, passes);");
                code.Line($"Reserve({string.Join(" + ", buffers.Where(b => b.Shape == Shape.Map || !places.ContainsKey(b.Name)).GroupBy(Room).Select(g => $"{(g.Count() > 1 ? g.Count() + " * " : "")}{g.Key}"))});");
                foreach (var buffer in buffers)
                    code.Line($"{(IsObserved(buffer) ? "" : buffer.Name + " = ")}{Place(buffer, places, inputs)}; // {buffer.Shape}{(buffer.PerHead ? " of every head" : "")}   {buffer.Formula}");
            });
            if (program.Loss.Form.Prefix.Length == 0) BlockedEmitter.Write(code, program, trial, passNames);
            foreach (var evaluation in program.Evaluations)
                Write(code.Line(), program, evaluation, evaluation.Name == "Loss" ? trial : new Dictionary<string, string>(), passNames);
            if (WithoutMapsEmitter.Of(program) is { } without) WithoutMapsEmitter.WriteChoice(code.Line(), program, without);
            code.Line();
            code.Line("[MethodImpl(AggressiveInlining)]");
            code.Line("private void Multiply<TRows, TDepth, TColumns, TSide, TStart>(T* left, T* right, T* target)");
            code.Line("    where TRows : struct, IExtent");
            code.Line("    where TDepth : struct, IExtent");
            code.Line("    where TColumns : struct, IExtent");
            code.Line("    where TSide : struct, ISide");
            code.Line("    where TStart : struct, IStart =>");
            code.Line("    _panels.Multiply(new ProductShape<TSize, TRows, TDepth, TColumns, TSide, TStart>(_size), left, right, target);");
            if (program.Loss.Form.Prefix.Length == 0)
            {
                code.Line();
                code.Line("/// <summary>After a gradient that kept nothing: products with directions make up for it.</summary>");
                code.Line("private protected void LeaveStale() => (_prepared, _stale) = (false, true);");
                code.Line();
                code.Line("private void Range<TSide>(nint rows, nint depth, nint columns, T* left, nint leftStride, T* right, nint rightStride, T* target, nint targetStride, bool accumulates)");
                code.Line("    where TSide : struct, ISide =>");
                code.Line("    _panels.Multiply(new RangeShape<TSide>(rows, depth, columns, leftStride, rightStride, targetStride, accumulates), left, right, target);");
            }

            code.Line();
            code.Line("[MethodImpl(AggressiveInlining)]");
            code.Line("private void MultiplyPair<TRows, TDepth, TColumns, TStart>(T* left, T* right, T* second, T* target)");
            code.Line("    where TRows : struct, IExtent");
            code.Line("    where TDepth : struct, IExtent");
            code.Line("    where TColumns : struct, IExtent");
            code.Block("    where TStart : struct, IStart", () =>
            {
                code.Block("if (FitsTwice(TDepth.Of(_size), TColumns.Stride(_size)))", () =>
                {
                    code.Line("_panels.MultiplyPair(new ProductShape<TSize, TRows, TDepth, TColumns, Straight, TStart>(_size), left, right, second, target);");
                    code.Line("return;");
                });
                code.Line("Multiply<TRows, TDepth, TColumns, Straight, TStart>(left, right, target);");
                code.Line("Multiply<TRows, TDepth, TColumns, Transposed, Add>(left, second, target);");
            });
            code.Line();
            code.Line("[MethodImpl(AggressiveInlining)]");
            code.Line("private void MultiplyTwin<TRows, TDepth, TColumns, TSide>(T* left, T* right, T* second, T* target, T* other)");
            code.Line("    where TRows : struct, IExtent");
            code.Line("    where TDepth : struct, IExtent");
            code.Line("    where TColumns : struct, IExtent");
            code.Line("    where TSide : struct, ISide =>");
            code.Line("    _panels.MultiplyTwin(new ProductShape<TSize, TRows, TDepth, TColumns, TSide, Set>(_size), left, right, second, target, other);");
        });
    }

    private static void Write(CodeWriter code, KernelProgram program, Evaluation evaluation, IReadOnlyDictionary<string, string> renamed, IReadOnlyDictionary<Pass, string> passNames)
    {
        var steps = evaluation.Steps;
        var needsPoint = evaluation.Name is "HessianVector" or "GaussNewton" or "Bend";
        var isWhole = evaluation.Name == "Gradient" && BlockedEmitter.Serves(program, evaluation);
        code.Line($"/// <summary>{Summary(evaluation)}.</summary>");
        code.Line("[MethodImpl(AggressiveOptimization)]");
        code.Block(Head(evaluation), () =>
        {
            if (evaluation.Name is "Loss" or "Gradient") code.Line("ClearTotal();");
            if (evaluation.Name == "Gradient") code.Line(evaluation.Steps.Any(s => s.PerHead) ? "_prepared = false;" : "(_prepared, _stale) = (false, false);");
            if (evaluation.Name == "Prepare") code.Line("_prepared = true;");
            if (needsPoint) code.Line("if (!_prepared) Prepare();");
            if (evaluation.Name == "Prepare" && program.Loss.Form.Prefix.Length == 0)
            {
                code.Line("if (_size.N > MostWhole) RunBlockedPoint();");
                code.Line("else if (_stale) RunWholeGradient();");
            }

            WithoutMapsEmitter.WriteTurn(code, program, evaluation);
            if (BlockedEmitter.Serves(program, evaluation))
                code.Block("if (_size.N > MostWhole)", () => code.Line($"RunBlocked{evaluation.Name}();").Line("return;"));
            if (isWhole) code.Line("RunWholeGradient();");
            else WriteSteps(code, program, steps, renamed, passNames);
        });
        if (isWhole)
        {
            code.Line();
            code.Line("[MethodImpl(AggressiveOptimization)]");
            code.Block("private void RunWholeGradient()", () => WriteSteps(code, program, steps, renamed, passNames));
        }

        if (evaluation.Result.Length > 0 && evaluation.Name != Evaluation.GaussNewtonWithoutMaps) code.Line().Line($"public override T* {evaluation.Name}Result => {evaluation.Result};");
    }

    private static string Summary(Evaluation evaluation) => evaluation.Name switch
    {
        "Prepare" => "What all products with directions need of the point",
        Evaluation.PrepareWithoutMaps => "What a Gauss–Newton product without maps needs besides",
        Evaluation.GaussNewtonWithoutMaps => $"{evaluation.Equation} without maps, for scores that are not masked",
        _ => evaluation.Equation,
    };

    private static string Head(Evaluation evaluation) => evaluation.Name switch
    {
        "Prepare" or Evaluation.PrepareWithoutMaps => $"private void {evaluation.Name}()",
        Evaluation.GaussNewtonWithoutMaps => $"private void Run{evaluation.Name}()",
        _ => $"public override void Run{evaluation.Name}()",
    };

    private static void WriteSteps(CodeWriter code, KernelProgram program, IReadOnlyList<Step> steps, IReadOnlyDictionary<string, string> renamed, IReadOnlyDictionary<Pass, string> passNames)
    {
        for (var first = 0; first < steps.Count;)
        {
            var count = steps.Skip(first).TakeWhile(s => s.PerHead == steps[first].PerHead).Count();
            var group = steps.Skip(first).Take(count).ToList();
            if (group[0].PerHead) code.Block(HeadLoop, () => WriteGroup(code, program, group, renamed, passNames));
            else WriteGroup(code, program, group, renamed, passNames);
            first += count;
        }
    }

    private static void WriteGroup(CodeWriter code, KernelProgram program, IEnumerable<Step> steps, IReadOnlyDictionary<string, string> renamed, IReadOnlyDictionary<Pass, string> passNames)
    {
        var perHead = program.Inputs.Concat(program.Buffers).Where(b => b.PerHead).ToDictionary(b => b.Name);
        string At(string name)
        {
            var local = renamed.TryGetValue(name, out var other) ? other : name;
            return perHead.TryGetValue(name, out var buffer) ? $"{local} + head * {Size(buffer.Shape)}" : local;
        }

        var left = steps.ToList();
        while (left.Count > 0)
        {
            var step = left[0];
            left.RemoveAt(0);
            if (step is ProductStep first && left.OfType<ProductStep>().FirstOrDefault(other => AreTwins(program, first, other)) is { } second)
            {
                left.Remove(second);
                code.Line($"MultiplyTwin<{Extents(first)}, {Side(first)}>({At(first.Left)}, {At(first.Right)}, {At(second.Right)}, {At(first.Target)}, {At(second.Target)}); // {first.Formula}; {second.Formula}");
            }
            else
            {
                Call(code, program, step, At, passNames);
            }
        }
    }

    // Two products of inputs by the same left factor: nothing has to come between them, so one reading of that factor serves both.
    private static bool AreTwins(KernelProgram program, ProductStep one, ProductStep other) =>
        one.Start == Start.Set && (one with { Target = other.Target, Right = other.Right, Formula = other.Formula }) == other
        && new[] { one.Left, one.Right, other.Right }.All(name => program.Inputs.Any(b => b.Name == name));

    private static Dictionary<string, string> Trial(KernelProgram program)
    {
        var names = program.Evaluations.Single(e => e.Name == "Loss").Steps.SelectMany(Lower.Targets).Distinct().ToDictionary(n => n, n => "trial" + n);
        names["X"] = "trialX";
        return names;
    }

    private static void Call(CodeWriter code, KernelProgram program, Step step, System.Func<string, string> at, IReadOnlyDictionary<Pass, string> passNames)
    {
        switch (step)
        {
            case ProductStep p:
                Started(code, p.Start, p.Formula, start =>
                    $"Multiply<{Extents(p)}, {Side(p)}, {start}>({at(p.Left)}, {at(p.Right)}, {at(p.Target)});");
                break;
            case PairStep p:
                Started(code, p.Start, p.Formula, start =>
                    $"MultiplyPair<{Extent(p.Result.Rows)}, {Extent(p.Depth)}, {Extent(p.Result.Columns)}, {start}>({at(p.Left)}, {at(p.Right)}, {at(p.Second)}, {at(p.Target)});");
                break;
            case TransposeStep t:
                code.Line($"Transpose({at(t.From)}, {at(t.Target)}, _size.{Letter(t.Source.Rows)}, _size.{Letter(t.Source.Columns)}, _size.Stride{Letter(t.Source.Columns)}, _size.Stride{Letter(t.Source.Rows)}); // {t.Formula}");
                break;
            case Pass pass:
                var arguments = PassesEmitter.Parameters(program, pass).Select(at)
                    .Concat([$"_size.{Letter(pass.Shape.Rows)}", $"_size.{Letter(pass.Shape.Columns)}", $"_size.Stride{Letter(pass.Shape.Columns)}", pass.Shape == Shape.Map ? "Causal" : "causal: false", "first: 0"])
                    .Concat(pass.HasTotal ? ["Total"] : []);
                code.Line($"{(pass.OnlyHides ? "if (Causal) " : "")}_passes.{passNames[pass]}({string.Join(", ", arguments)}); // {pass.Formula}");
                break;
        }
    }

    // A batch lets these point to what is observed of each group of problems in turn.
    private static bool IsObserved(Buffer buffer) => buffer.Name is "B" or "Bt";

    // A sum over heads is set by the first of them and added to by the others.
    private static void Started(CodeWriter code, Start start, string formula, System.Func<string, string> call)
    {
        if (start != Start.SumOverHeads)
        {
            code.Line($"{call(start.ToString())} // {formula}");
            return;
        }

        code.Line($"if (head == 0) {call("Set")} // {formula}");
        code.Line($"else {call("Add")}");
    }

    // A causal pass leaves out what the mask hides: only in a place of its own does that stay zero.
    private static string Place(Buffer buffer, IReadOnlyDictionary<string, string> places, ICollection<string> inputs) =>
        !places.TryGetValue(buffer.Name, out var former) ? Carve(buffer, inputs)
        : buffer.Shape != Shape.Map ? former
        : $"!Causal ? {former} : {Carve(buffer, inputs)}";

    private static string Carve(Buffer buffer, ICollection<string> inputs)
    {
        var block = $"Carve({Room(buffer)})";
        return inputs.Contains(buffer.Name) ? $"Input{buffer.Name} = {block}" : buffer.Name == "trialX" ? $"InputTrialX = {block}" : block;
    }

    // Maps that blocks take the place of need none; what is observed lies whole besides.
    private static string Room(Buffer buffer) =>
        buffer.PerHead ? "Heads * " + Size(buffer.Shape) : buffer.Shape == Shape.Map && !IsObserved(buffer) ? "WholeMap" : Size(buffer.Shape);

    // A matrix with its padded rows and columns; of a column of numbers, one row.
    private static string Size(Shape shape) => shape.Columns == Maths.Extent.One
        ? $"Block(1, Shape.Stride{Letter(shape.Rows)})"
        : $"Block(Shape.{Letter(shape.Rows)}, Shape.Stride{Letter(shape.Columns)})";

    /// <summary>How the factors of a product lie, as a type argument.</summary>
    internal static string Side(ProductStep p) => (p.LeftTransposed ? "Transposed" : "Straight") + (p.RightIsWeights ? "ByWeights" : "");

    /// <summary>Rows, depth and columns of a product, as type arguments.</summary>
    internal static string Extents(ProductStep p) => $"{Extent(p.Result.Rows)}, {Extent(p.Depth)}, {Extent(p.Result.Columns)}";

    internal static string Extent(Extent extent) => extent switch { Maths.Extent.D => "Features", Maths.Extent.N => "Tokens", _ => "HeadFeatures" };

    internal static string Letter(Extent extent) => extent switch { Maths.Extent.D => "D", Maths.Extent.N => "N", _ => "H" };
}
