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

    public void Write(SoftmaxStage soft)
    {
        var (code, dialect) = (scope.Code, scope.Dialect);
        new MaximumWriter(scope).Write(soft.Formula);
        scope.Each(c => code.Line($"V sum{c.Ending} = {dialect.Zero};"));
        _loops.Each(masked => scope.Each(c =>
        {
            code.Line($"V e{c.Ending} = {_loops.Kept(dialect.Exp($"{scope.Formula(c).Value(soft.Formula)} - top{c.Ending}"), dialect.Zero, masked)};");
            code.Line($"sum{c.Ending} += e{c.Ending};");
            code.Line($"{scope.Entry(soft.Target, c)} = e{c.Ending};");
        }));
        // The largest score gives one, so only a column of padding has less: its zeros stay zeros.
        scope.Each(c => code.Line($"V over_{c.Ending} = {dialect.One} / {dialect.Max($"sum{c.Ending}", dialect.One)};"));
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

    private bool IsLast(SoftmaxStage soft) => ReferenceEquals(scope.Pass.Stages[scope.Pass.Stages.Count - 1], soft);

    private bool Reads(string scalar)
    {
        var stages = scope.Pass.Stages;
        return stages.Any(s => Columnwise.Leaves(s.Formula, [.. scope.Pass.Known, .. stages.SelectMany(t => t.Made)])
            .Any(l => scope.Program.Names.TryGetValue(l, out var name) && name == scalar));
    }
}
