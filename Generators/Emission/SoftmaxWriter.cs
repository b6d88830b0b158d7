using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes a softmax down columns, derivation.md (2): subtract the largest visible score, exponentiate, divide by the sum. The division waits for
/// the next sweep.
/// </summary>
internal sealed class SoftmaxWriter(PassScope scope)
{
    private readonly RowLoops _loops = new(scope);

    /// <param name="soft">The softmax.</param>
    /// <param name="sums">Those that its exponentials are added to as well.</param>
    public void Write(SoftmaxStage soft, IReadOnlyList<SumOfPowers> sums)
    {
        var (code, dialect) = (scope.Code, scope.Dialect);
        var parts = sums.SelectMany(sum => sum.Parts.Terms.Select((term, i) => (Term: term, Name: Part(sum, i)))).ToList();
        new MaximumWriter(scope).Write(soft.Formula);
        scope.Each(c => code.Line($"V {string.Join(", ", parts.Select(part => part.Name).Prepend("sum").Select(name => $"{name}{c.Ending} = {dialect.Zero}"))};"));
        _loops.Each(masked => scope.Each(c =>
        {
            var formula = scope.Formula(c);
            code.Line($"V e{c.Ending} = {_loops.Kept(dialect.Exp($"{formula.Value(soft.Formula)} - top{c.Ending}"), dialect.Zero, masked)};");
            code.Line($"sum{c.Ending} += e{c.Ending};");
            foreach (var (term, name) in parts) code.Line($"{name}{c.Ending} = {Added(term, name + c.Ending, $"e{c.Ending}", formula, masked)};");
            code.Line($"{scope.Entry(soft.Target, c)} = e{c.Ending};");
        }));
        // The largest score gives one, so only a column of padding has less: its zeros stay zeros.
        scope.Each(c => code.Line($"V over_{c.Ending} = {dialect.One} / {dialect.Max($"sum{c.Ending}", dialect.One)};"));
        foreach (var sum in sums)
        {
            scope.Each(c => code.Line($"V {sum.Scalar}_{c.Ending} = {Divided(sum, c)};"));
            scope.Keep(sum.Scalar);
        }

        if (scope.Program.StoredScalars.Contains(soft.LogSumExp) || Reads(soft.LogSumExp))
        {
            scope.Hold(soft.LogSumExp, c => $"top{c.Ending} + {dialect.Log($"sum{c.Ending}")}");
            scope.Keep(soft.LogSumExp);
        }

        if (IsLast(soft)) _loops.Unmasked(() => scope.Each(c => code.Line($"{scope.Entry(soft.Target, c)} *= over_{c.Ending};")));
        else scope.Unscaled = (Softmax)soft.Made.First();
    }

    /// <summary>Divides the entry that a sweep is about to read, which takes it from there.</summary>
    public static void Scale(PassScope scope, Column column, VectorFormula formula, Softmax p)
    {
        var name = Stored.Name(scope.Program.Names[p], true);
        var local = $"{name}At{column.Ending}";
        scope.Code.Line($"V {local} = {scope.Entry(name, column)} * over_{column.Ending};");
        scope.Code.Line($"{scope.Entry(name, column)} = {local};");
        formula.Take(p, local);
    }

    private static string Part(SumOfPowers sum, int term) => $"{sum.Scalar}Part{term}";

    private string Added(Powers.Term term, string sum, string e, VectorFormula formula, bool masked) => term switch
    {
        (0, _, { } weight) => $"{sum} + {_loops.Kept(formula.Value(weight), scope.Dialect.Zero, masked)}",
        (1, _, null) => $"{sum} + {e}",
        (1, _, { } weight) => scope.Dialect.MultiplyAdd(e, formula.Value(weight), sum),
        (_, _, null) => scope.Dialect.MultiplyAdd(e, e, sum),
        (_, _, { } weight) => scope.Dialect.MultiplyAdd($"{e} * {e}", formula.Value(weight), sum),
    };

    // Σ factor · overᵏ · part, the highest power first.
    private string Divided(SumOfPowers sum, Column column)
    {
        var value = "";
        for (var power = sum.Parts.Terms.Max(t => t.Power); power >= 0; power--)
        {
            if (value.Length > 0) value = $"over_{column.Ending} * {(value.Contains(' ') ? $"({value})" : value)}";
            foreach (var (term, i) in sum.Parts.Terms.Select((term, i) => (term, i)).Where(t => t.term.Power == power))
                value = $"{value}{(term.Factor == -1 ? " - " : value.Length == 0 ? "" : " + ")}{(Math.Abs(term.Factor) == 1 ? "" : scope.Dialect.Number(term.Factor) + " * ")}{Part(sum, i)}{column.Ending}";
        }

        return value;
    }

    private bool IsLast(SoftmaxStage soft) => ReferenceEquals(scope.Pass.Stages[scope.Pass.Stages.Count - 1], soft);

    private bool Reads(string scalar)
    {
        var stages = scope.Pass.Stages;
        return stages.Any(s => Columnwise.Leaves(s.Formula, [.. scope.Pass.Known, .. stages.SelectMany(t => t.Made)])
            .Any(l => scope.Program.Names.TryGetValue(l, out var name) && name == scalar));
    }
}
