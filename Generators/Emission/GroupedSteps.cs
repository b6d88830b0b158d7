using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes the steps of a gradient over grouped matrices. Matrices of four rows stay in registers throughout. Of larger ones most products are
/// methods, and what goes from one to the next lies in a few lines of scratch memory, each row from the moment it is there.
/// </summary>
internal sealed class GroupedSteps(CodeWriter code, KernelProgram program, Grouping grouping, GroupedPlan plan)
{
    private readonly GroupedMatrices _matrices = new(code, grouping);
    private Action _last = () => { };

    public void WriteInRegisters()
    {
        Begin();
        foreach (var name in plan.RepeatedWeights) _matrices.LiesRepeated(name, GroupedPlan.Repeated(name));
        WriteInRegisters(plan.Steps);
        _matrices.Store("G", _matrices.Rows(SmallProgramEmitter.Gradient(program).Result));
        _last();
    }

    public void WriteThroughMemory()
    {
        Begin();
        WriteThroughMemory(plan.Steps);
        _last();
    }

    private void WriteInRegisters(IEnumerable<GroupedWork> works)
    {
        foreach (var step in works.SelectMany(w => w.Steps))
        {
            code.Line($"// {step.Formula}");
            Write(step, WriteMidway, (_, _, _) => { });
            foreach (var name in Lower.Targets(step).Where(plan.Laid.Contains)) _matrices.Lay(name);
        }
    }

    // No left factor is held over the exponentials.
    private void WriteMidway()
    {
        _matrices.LetGo();
        WriteInRegisters(plan.MidSoftmax);
        _matrices.LetGo();
    }

    private void WriteThroughMemory(IEnumerable<GroupedWork> works)
    {
        foreach (var work in works)
        {
            var (steps, call, _) = work;
            code.Line($"// {string.Join("; ", steps.Select(s => s.Formula))}");
            if (call is not null)
            {
                code.Line($"{GroupedProductsEmitter.Class(grouping)}.{call.Method.Name}({string.Join(", ", call.Arguments)});");
                foreach (var name in call.Arguments.Where(name => !_matrices.Holds(name)).ToList()) TakeProduct(name);
                continue;
            }

            var step = steps.Single();
            if (step is ProductStep inPlace && _matrices.Undivided.Exponentials(inPlace.Right) is null)
            {
                _matrices.Defer(inPlace.Target, v => Sum(inPlace, v));
                continue;
            }

            Write(step, () => WriteThroughMemory(plan.MidSoftmax), Store);
        }
    }

    // A method has left it interleaved.
    private void TakeProduct(string name)
    {
        _matrices.Lies(name, interleaved: true);
        if (IsReadInRows(name)) _matrices.Store(plan.InRows(name), [.. Vectors(v => grouping.Separate(_matrices.Vector(name, v)))]);
    }

    // In the forms that products read from memory.
    private void Store(string name, int vector, string local)
    {
        if (plan.Scratch.Contains(name)) _matrices.Store(name, vector, local);
        if (IsReadInRows(name)) _matrices.Store(plan.InRows(name), vector, grouping.Separate(local));
    }

    private bool IsReadInRows(string name) => plan.InRows(name) is var rows && rows != name && plan.Scratch.Contains(rows);

    private void Begin()
    {
        foreach (var name in plan.Inputs) _matrices.Lies(name, interleaved: false);
    }

    private void Write(Step step, Action midSoftmax, Action<string, int, string> made)
    {
        switch (step)
        {
            case ProductStep p when _matrices.Undivided.Exponentials(p.Right) is { } e:
                _matrices.Undivided.Set(p.Target, [.. Vectors(v => Sum(p with { Right = e }, v))]);
                break;
            case ProductStep p:
                _matrices.Set(p.Target, [.. Vectors(v => Sum(p, v))]);
                break;
            case PairStep p:
                _matrices.Set(p.Target, [.. Vectors(v => GroupedProduct.SumAtLeisure(
                    grouping, [.. Factors(p.Left, false, p.Right, v), .. Factors(p.Left, true, p.Second, v)], p.Start == Start.Add ? _matrices.Vector(p.Target, v) : null))]);
                break;
            case Pass pass:
                var written = new GroupedPass(code, grouping, program, pass, _matrices);
                written.Write(midSoftmax, made);
                // At the very end, so that nothing waits behind it; where matrices are in few registers, not if another pass comes till then.
                if (grouping.AreHalves && pass == plan.LastPass) _last += written.WriteTotals;
                else written.WriteTotals();
                break;
        }
    }

    // What it is added to comes last: the product need not wait for it.
    private string Sum(ProductStep p, int vector)
    {
        var sum = GroupedProduct.Sum(grouping, Factors(p.Left, p.LeftTransposed, p.Right, vector));
        return p.Start == Start.Add ? $"({sum} + {_matrices.Vector(p.Target, vector)})" : sum;
    }

    private IEnumerable<string> Vectors(Func<int, string> value) => Enumerable.Range(0, grouping.Vectors).Select(value);

    private IEnumerable<(string Left, string Right)> Factors(string left, bool transposed, string right, int vector) => GroupedProduct.Factors(
        (transposed, InMemory(transposed ? plan.InRows(left) : left)) switch
        {
            (true, true) when SmallProgramEmitter.InRegisters(grouping) => _matrices.TransposedLeft(left, vector),
            (true, true) => grouping.TransposedLeftAt(plan.InRows(left), vector),
            (false, true) => grouping.LeftAt(left, vector),
            (true, false) => grouping.TransposedLeftFrom(_matrices.Vectors(left), vector),
            _ => grouping.LeftFrom(_matrices.Vectors(left), vector),
        },
        _matrices.RepeatedFor(right, vector));

    private bool InMemory(string name) => plan.Inputs.Contains(name) || (!SmallProgramEmitter.InRegisters(grouping) && plan.Scratch.Contains(name));
}
