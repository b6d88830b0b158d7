using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes a gradient of 4×4 where a row is a vector: every product is made row after row from broadcasts of its left factor and from rows in registers, and what is needed turned, dS and P, is
/// turned there. docs/decisions/0009.
/// </summary>
internal sealed class FeaturewiseSteps(CodeWriter code, KernelProgram program, Grouping grouping, FeaturewisePlan plan)
{
    private readonly GroupedMatrices _matrices = new(code, grouping);
    private readonly Dictionary<string, IReadOnlyList<string>> _turned = [];
    private readonly List<Func<int, IEnumerable<(string Left, string Right)>>> _summands = [];
    private Action _totals = () => { };

    public void Write()
    {
        Begin();
        WriteStates(plan.First, soon: true);
        if (!plan.HasSoftmax) WriteOthers();
        foreach (var step in plan.Rest)
        {
            code.Line($"// {step.Formula}");
            Write(step);
        }

        WriteResult();
        _totals();
    }

    /// <summary>The products alone: a pass leaves what it is given.</summary>
    public void WriteProducts()
    {
        Begin();
        WriteStates(plan.First, soon: true);
        WriteOthers();
        var given = "";
        foreach (var step in plan.Rest)
            if (step is Pass)
            {
                foreach (var name in Lower.Targets(step)) _matrices.Take(name, _matrices.Vectors(given));
            }
            else
            {
                Write(step);
                if (step is ProductStep { RightIsWeights: false } p) given = p.Target;
            }

        WriteResult();
    }

    /// <summary>The passes alone: products are what lies at G, and what later products would read is put away.</summary>
    public void WritePasses()
    {
        Begin();
        foreach (var step in plan.Rest)
            switch (step)
            {
                case Pass pass:
                    Write(pass, () => { });
                    foreach (var (name, i) in Lower.Targets(pass).Select((name, i) => (name, i))) _matrices.Store(plan.Scratch[i], _matrices.Vectors(name));
                    break;
                case ProductStep p when _matrices.Undivided.Exponentials(p.Right) is not null:
                    _matrices.Undivided.Set(p.Target, Rows(row => grouping.Load("G", row)));
                    break;
                case ProductStep p:
                    _matrices.DeferDifference(p.Target, (row, _) => grouping.Load("G", row));
                    break;
            }

        _totals();
    }

    private void Begin()
    {
        foreach (var name in plan.Inputs) _matrices.Lies(name, interleaved: false);
    }

    private void WriteResult()
    {
        _matrices.Set("G", Rows(row => GroupedProduct.Tree([.. _summands.Select(factors => GroupedProduct.Chain(factors(row)))])));
        _matrices.Store("G", Turned("G"));
    }

    private void Write(Step step)
    {
        switch (step)
        {
            case Pass pass:
                Write(pass, WriteOthers);
                break;
            case PairStep p:
                _summands.AddRange([row => Factors(row, p.Right, p.Left, turned: true), row => Factors(row, p.Second, p.Left, turned: false)]);
                break;
            case ProductStep p when plan.IsLast(p):
                _summands.Add(row => Factors(row, p.Right, p.Left, turned: !p.LeftTransposed));
                break;
            case ProductStep p when p == plan.Scores:
                var x = plan.Scores.Right;
                _matrices.DeferDifference(p.Target, (row, less) =>
                {
                    var factors = GroupedProduct.Factors(grouping.TransposedLeftAt(x, row), _matrices.Vectors(FeaturewisePlan.Turned(plan.First.Target)));
                    return less is null ? GroupedProduct.Sum(grouping, factors) : GroupedProduct.Difference(grouping, factors, less);
                });
                break;
            case ProductStep { RightIsWeights: true } p:
                WriteStates(p, soon: false);
                break;
            case ProductStep p when _matrices.Undivided.Exponentials(p.Right) is { } e:
                _matrices.Undivided.Set(p.Target, Rows(row => Straight(p, e, row)));
                break;
            case ProductStep p:
                _matrices.Defer(p.Target, row => Straight(p, p.Right, row));
                break;
        }
    }

    private void Write(Pass pass, Action midSoftmax)
    {
        var written = new GroupedPass(code, grouping, program, pass, _matrices);
        written.Write(midSoftmax, (_, _, _) => { });
        _totals += written.WriteTotals;
    }

    private void WriteOthers()
    {
        foreach (var product in plan.Others) WriteStates(product, soon: false);
    }

    // W A in place of Aᵀ Wᵀ.
    private void WriteStates(ProductStep p, bool soon)
    {
        var (name, weights) = (FeaturewisePlan.Turned(p.Target), FeaturewisePlan.Turned(p.Right));
        code.Line($"// {name} = {weights} {p.Left}");
        for (var row = 0; row < grouping.Size; row++)
        {
            var factors = GroupedProduct.Factors(grouping.LeftAt(weights, row), _matrices.Vectors(p.Left));
            _matrices.Defer(name, _ => soon ? GroupedProduct.Sum(grouping, factors) : GroupedProduct.SumAtLeisure(grouping, factors));
            _matrices.Store(name, row, _matrices.Vector(name, row));
        }
    }

    private string Straight(ProductStep p, string right, int row)
    {
        var states = FeaturewisePlan.Turned(p.Left);
        return GroupedProduct.Sum(grouping, GroupedProduct.Factors(p.LeftTransposed ? grouping.LeftAt(states, row) : grouping.TransposedLeftAt(states, row), _matrices.Vectors(right)));
    }

    // One row of states times a map or its transpose.
    private IEnumerable<(string Left, string Right)> Factors(int row, string states, string map, bool turned) =>
        GroupedProduct.Factors(grouping.LeftAt(FeaturewisePlan.Turned(states), row), turned ? Turned(map) : _matrices.Vectors(map));

    private IReadOnlyList<string> Turned(string name)
    {
        if (_turned.TryGetValue(name, out var known)) return known;
        var a = _matrices.Vectors(name);
        var pairs = _matrices.Locals(name + "Pair", from two in new[] { 0, 2 } from half in new[] { "Low", "High" } select $"Avx.Unpack{half}({a[two]}, {a[two + 1]})");
        return _turned[name] = _matrices.Locals(name + "Turned", Rows(row => Grouping.Halves(pairs[row % 2], pairs[2 + row % 2], high: row > 1)));
    }

    private List<string> Rows(Func<int, string> value) => [.. Enumerable.Range(0, grouping.Size).Select(value)];
}
