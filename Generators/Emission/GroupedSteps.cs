using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes the steps of a gradient over grouped matrices. Matrices of four rows stay in registers throughout. Of larger ones the products are methods, and
/// what goes from one to the next lies in a few lines of scratch memory.
/// </summary>
internal sealed class GroupedSteps(CodeWriter code, KernelProgram program, Grouping grouping, GroupedPlan plan)
{
    private readonly GroupedMatrices _matrices = new(code, grouping);

    public void WriteInRegisters()
    {
        Begin();
        foreach (var step in plan.Steps.SelectMany(s => s.Steps))
        {
            code.Line($"// {step.Formula}");
            Write(step);
        }

        _matrices.Store("G", _matrices.Rows(SmallProgramEmitter.Gradient(program).Result));
    }

    public void WriteThroughMemory()
    {
        Begin();
        foreach (var (steps, call) in plan.Steps)
        {
            code.Line($"// {string.Join("; ", steps.Select(s => s.Formula))}");
            if (call is not null)
            {
                code.Line($"{GroupedProductsEmitter.Class(grouping)}.{call.Method.Name}({string.Join(", ", call.Arguments)});");
                foreach (var name in call.Arguments.Where(name => !_matrices.Holds(name))) _matrices.Lies(name, interleaved: true);
                continue;
            }

            var step = steps.Single();
            Write(step);
            foreach (var name in Lower.Targets(step).Where(plan.Scratch.Contains)) _matrices.Store(name, _matrices.Vectors(name));
            foreach (var name in Lower.Targets(step).Where(name => plan.InRows(name) != name && plan.Scratch.Contains(plan.InRows(name)))) _matrices.Store(plan.InRows(name), _matrices.Rows(name));
        }
    }

    private void Begin()
    {
        foreach (var name in plan.Inputs) _matrices.Lies(name, interleaved: false);
    }

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

    private IEnumerable<string> Vectors(System.Func<int, string> value) => Enumerable.Range(0, grouping.Vectors).Select(value);

    private IEnumerable<(string Left, string Right)> Factors(string left, bool transposed, string right, int vector) => GroupedProduct.Factors(
        (transposed, plan.Inputs.Contains(left)) switch
        {
            (true, true) => grouping.TransposedLeftAt(left, vector),
            (true, false) => grouping.TransposedLeftFrom(_matrices.Rows(left), vector),
            _ => grouping.LeftFrom(_matrices.Vectors(left), vector),
        },
        _matrices.Repeated(right));
}
