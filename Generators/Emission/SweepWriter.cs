using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>Writes one sweep down the rows: the maps and sums of stages that need nothing of one another. Entries that a mask hides contribute nothing and stay zero.</summary>
internal sealed class SweepWriter(PassScope scope)
{
    private readonly RowLoops _loops = new(scope);
    private readonly IReadOnlyList<string> _turns = Turns.Of(scope.Dialect, scope.Pass);
    private readonly List<Stage> _totals = [.. scope.Pass.Stages.Where(s => s is TotalStage)];

    private bool TakesTurns => _turns.Count > 1;

    public void Write(IReadOnlyList<Stage> stages)
    {
        var sums = stages.OfType<SumStage>().SelectMany(Summed).Select(s => s.Name).ToList();
        foreach (var sum in sums) scope.Each(c => scope.Code.Line(Turns.Begin(scope.Dialect, $"{sum}_{c.Ending}", _turns)));
        foreach (var centred in stages.SelectMany(s => Walk.ToRoot(s.Formula)).OfType<Centred>().Where(c => !scope.IsKnown(c)).Distinct())
        {
            var scalar = scope.Program.Names[Columnwise.MeanOf(centred)];
            scope.Hold(scalar + "Mean", c => $"{scalar}_{c.Ending} / {Count()}");
        }

        WriteRows(stages);
        scope.Unscaled = null;
        if (TakesTurns)
            foreach (var sum in sums) scope.Code.Line($"{sum}_ = {Turns.Together($"{sum}_", _turns)};");
        foreach (var sum in stages.OfType<SumStage>())
        {
            if (sum is SumInParts parts) scope.Each(c => Join(parts, c));
            scope.Keep(sum.Scalar);
        }
    }

    // What is summed for a scalar: its formula, or what it is made of.
    private IEnumerable<(string Name, Expr Formula)> Summed(SumStage sum) => sum is SumInParts { Parts: var parts }
        ? [(sum.Scalar, parts.Rest!), .. parts.Terms.Select((t, i) => ($"{sum.Scalar}Part{i}", t.Weight!))]
        : [(sum.Scalar, sum.Formula)];

    private void Join(SumInParts sum, Column column)
    {
        foreach (var ((part, _), (scalar, factor, _)) in Summed(sum).Skip(1).Zip(sum.Parts.Terms, (part, term) => (part, term)))
        {
            var r = $"{scope.Program.Names[scalar]}_{column.Ending}";
            var by = factor == -1 ? "-" + r : factor == 1 ? r : $"{scope.Dialect.Number(factor)} * {r}";
            scope.Code.Line($"{sum.Scalar}_{column.Ending} = {scope.Dialect.MultiplyAdd(by, $"{part}_{column.Ending}", $"{sum.Scalar}_{column.Ending}")};");
        }
    }

    private void WriteRows(IReadOnlyList<Stage> stages)
    {
        if (!TakesTurns || stages.All(s => s is MapStage))
        {
            _loops.Each(masked => scope.Each(c => WriteRow(stages, c, masked)));
            return;
        }

        var column = scope.Columns.Single();
        _loops.ByTwo(
            () => WriteRow(stages, column, masked: false, _turns[0], _turns[2]),
            () => WriteRow(stages, column, masked: false, _turns[1], _turns[3]),
            () => WriteRow(stages, column, masked: true));
    }

    // Rows that a lane sees.
    private string Count()
    {
        var number = scope.Dialect.Scalar;
        return scope.Dialect.HasTails && scope.IsAlone
            ? $"(causal ? Min(V.Indices + Create(({number})(first + i + 1)), Create(({number})rows)) : Create(({number})rows))"
            : scope.Dialect.Create($"({number})height");
    }

    private void WriteRow(IReadOnlyList<Stage> stages, Column column, bool masked, params string[] turns)
    {
        var formula = scope.Formula(column);
        if (scope.Unscaled is { } p) SoftmaxWriter.Scale(scope, column, formula, p);
        foreach (var stage in stages)
        {
            switch (stage)
            {
                case MapStage map:
                    var mapped = formula.Value(map.Formula);
                    scope.Code.Line($"{scope.Entry(map.Target, column)} = {_loops.Kept(mapped, scope.Dialect.Zero, masked)};");
                    break;
                case SumStage sum:
                    foreach (var (name, summand) in Summed(sum)) Accumulate(formula, $"{name}_{column.Ending}", summand, masked, turns);
                    break;
                case TotalStage total:
                    Accumulate(formula, $"total{_totals.IndexOf(total)}{column.Ending}", total.Formula, masked, turns);
                    break;
            }
        }
    }

    // The sums that are named take turns; where none are, one takes all.
    private void Accumulate(VectorFormula formula, string accumulator, Expr e, bool masked, string[] turns)
    {
        if (masked)
        {
            scope.Code.Line($"{accumulator} += {_loops.Kept(formula.Value(e), scope.Dialect.Zero, masked)};");
            return;
        }

        var sum = accumulator + turns.FirstOrDefault();
        var next = Added(formula, e, sum);
        scope.Code.Line(turns.Length < 2 ? $"{sum} = {next};" : $"({sum}, {accumulator}{turns[1]}) = ({accumulator}{turns[1]}, {next});");
    }

    private string Added(VectorFormula formula, Expr e, string sum) => e switch
    {
        _ when scope.IsKnown(e) => $"{sum} + {formula.Value(e)}",
        Hadamard h => scope.Dialect.MultiplyAdd(formula.Value(h.A), formula.Value(h.B), sum),
        Sum(Hadamard a, Hadamard b) => Added(formula, b, Added(formula, a, sum)),
        _ => $"{sum} + {formula.Value(e)}",
    };
}
