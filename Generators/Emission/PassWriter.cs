using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes one pass: for each vector of columns its stages, each a sweep down the rows. A query is a column, so maxima and sums over its keys never
/// cross lanes.
/// </summary>
internal sealed class PassWriter(PassScope scope)
{
    private readonly RowLoops _loops = new(scope);
    private readonly SweepWriter _sweeps = new(scope);
    private readonly SoftmaxWriter _softmax = new(scope);

    private CodeWriter Code => scope.Code;

    private Dialect Dialect => scope.Dialect;

    private Pass Pass => scope.Pass;

    public void Write()
    {
        WriteNarrower();
        var beside = Column.Beside(Dialect, Pass);
        var totals = Pass.Stages.OfType<TotalStage>().Select((t, i) => (t.Factor, Name: $"total{i}")).ToList();
        var endings = beside.Count > 1 ? [.. beside.Select(c => c.Ending)] : Turns.Of(Dialect, Pass);
        foreach (var (_, name) in totals) Code.Line(Turns.Begin(Dialect, name, endings));
        Code.Line("nint i = 0;");
        if (beside.Count > 1)
        {
            var step = beside.Count * Dialect.Columns;
            Code.Block($"for (; !causal && i + {step} <= columns; i += {step})", () => WriteColumns(beside));
        }

        Code.Block($"for (; i < columns; i += {Dialect.Columns})", () => WriteColumns(Column.Alone));
        foreach (var (factor, name) in totals)
        {
            var sum = Turns.Together(name, endings);
            var value = factor == 1 ? sum : $"{Dialect.Number(factor)} * ({sum})";
            Code.Line(Dialect.PerLane ? $"{Dialect.Load("total")} += {value};" : $"*total += {(Dialect.IsScalar ? value : $"Sum({value})")};");
        }
    }

    private void WriteNarrower()
    {
        if (Dialect.Narrower is not { } narrower) return;
        Code.Block($"if (stride < {Dialect.Lanes})", () =>
        {
            Code.Line($"default(Passes{narrower.Name}).{Pass.Name}({string.Join(", ", PassesEmitter.Arguments(scope.Program, Pass))});");
            Code.Line("return;");
        });
    }

    private void WriteColumns(IReadOnlyList<Column> columns)
    {
        scope.Begin(columns);
        _loops.WriteBounds();
        foreach (var scalar in PassesEmitter.Parameters(scope.Program, Pass).Where(scope.Program.StoredScalars.Contains).Where(IsRead))
            scope.Hold(scalar, c => scope.InWorkspace(scalar, c));
        // One problem a lane, four columns side by side fill the registers.
        foreach (var stages in Sweeps.Of(Pass, sumsPowers: !Dialect.PerLane))
        {
            Code.Line();
            if (stages[0] is SoftmaxStage soft) _softmax.Write(soft, [.. stages.OfType<SumOfPowers>()]);
            else _sweeps.Write(stages);
            scope.Know(stages.SelectMany(s => s.Made));
        }
    }

    // Stored by an earlier pass, and not by this one.
    private bool IsRead(string scalar) =>
        !Pass.Stages.OfType<SumStage>().Any(s => s.Scalar == scalar) && !Pass.Stages.OfType<SoftmaxStage>().Any(s => s.LogSumExp == scalar);
}
