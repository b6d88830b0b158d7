using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes one pass: for each row, its stages; stages that need nothing of one another share a loop. The last, partly filled vector of a row
/// is handled under a mask, so hidden entries contribute nothing and stay zero.
/// </summary>
internal sealed class RowPassWriter(CodeWriter code, Dialect dialect, KernelProgram program, RowPass pass)
{
    private readonly HashSet<Expr> _known = [.. pass.Known];
    private readonly List<string> _totals = [];
    private readonly HashSet<string> _broadcast = [];

    public void Write()
    {
        var parameters = RowsEmitter.Parameters(program, pass);
        var totals = pass.Stages.OfType<TotalStage>().Select((t, i) => (t.Factor, Name: $"total{i}")).ToList();
        foreach (var (_, name) in totals) code.Line($"V {name} = {dialect.Zero};");
        code.Block("for (nint i = 0; i < rows; i++)", () =>
        {
            code.Line("nint length = causal ? i + 1 : columns;");
            if (!dialect.IsScalar)
            {
                code.Line($"nint full = length & -{dialect.Lanes};");
                code.Line($"V tail = {dialect.TailMask("length - full")};");
            }

            foreach (var stored in parameters.Where(program.StoredScalars.Contains).Where(ReadsStored)) Broadcast(stored, $"{stored}[i]");
            foreach (var group in Groups()) WriteGroup(group);
            foreach (var matrix in parameters.Where(p => !program.StoredScalars.Contains(p))) code.Line($"{matrix} += stride;");
        });
        var value = string.Join(" + ", totals.Select(t => t.Factor == 1 ? dialect.Sum(t.Name) : $"({dialect.Scalar}){Number(t.Factor)} * {dialect.Sum(t.Name)}"));
        code.Line($"return {(value.Length > 0 ? value : "0")};");
    }

    private bool ReadsStored(string scalar) => !pass.Stages.OfType<SumStage>().Any(s => s.Scalar == scalar);

    // Greedy: a stage joins the loop before it unless it reads a sum that this loop is still computing.
    private IEnumerable<List<RowStage>> Groups()
    {
        var known = new HashSet<Expr>(pass.Known);
        var group = new List<RowStage>();
        foreach (var stage in pass.Stages)
        {
            var reads = RowFormula.Leaves(stage.Formula, new HashSet<Expr>(known.Concat(group.SelectMany(s => s.Made)))).ToList();
            var blocked = stage is SoftmaxStage || group.Any(g => g is SoftmaxStage || (g is SumStage && g.Made.Any(reads.Contains)));
            if (blocked && group.Count > 0)
            {
                yield return group;
                known.UnionWith(group.SelectMany(s => s.Made));
                group = [];
            }

            group.Add(stage);
        }

        if (group.Count > 0) yield return group;
    }

    private void WriteGroup(List<RowStage> group)
    {
        code.Line();
        if (group[0] is SoftmaxStage soft) WriteSoftmax(soft);
        else WriteLoop(group);
        foreach (var sum in group.OfType<SumStage>())
        {
            code.Line($"{dialect.Scalar} {sum.Scalar}Sum = {dialect.Sum($"{sum.Scalar}Acc")};");
            if (program.StoredScalars.Contains(sum.Scalar)) code.Line($"{sum.Scalar}[i] = {sum.Scalar}Sum;");
            Broadcast(sum.Scalar, $"{sum.Scalar}Sum");
        }

        _known.UnionWith(group.SelectMany(s => s.Made));
    }

    private void Broadcast(string scalar, string value)
    {
        if (_broadcast.Add(scalar)) code.Line($"V {scalar}_ = {dialect.Create(value)};");
    }

    private void WriteLoop(List<RowStage> group)
    {
        foreach (var sum in group.OfType<SumStage>()) code.Line($"V {sum.Scalar}Acc = {dialect.Zero};");
        foreach (var centred in group.SelectMany(s => Walk.ToRoot(s.Formula)).OfType<Centred>().Where(c => !_known.Contains(c)).Distinct())
        {
            var scalar = program.Names[RowFormula.MeanOf(centred)];
            if (_broadcast.Add(scalar + "Mean")) code.Line($"V {scalar}Mean_ = {scalar}_ * {dialect.Create($"1 / ({dialect.Scalar})length")};");
        }

        Sweep(tail => Body(group, tail));
    }

    private void Body(List<RowStage> group, bool tail)
    {
        var formula = new VectorFormula(code, dialect, program.Names, _known);
        foreach (var stage in group)
        {
            switch (stage)
            {
                case MapStage map:
                    var mapped = formula.Value(map.Formula);
                    code.Line($"{dialect.Load($"{map.Target} + j")} = {Kept(mapped, dialect.Zero, tail)};");
                    break;
                case SumStage sum:
                    Accumulate(formula, $"{sum.Scalar}Acc", sum.Formula, tail);
                    break;
                case TotalStage total:
                    Accumulate(formula, $"total{pass.Stages.OfType<TotalStage>().ToList().IndexOf(total)}", total.Formula, tail);
                    break;
            }
        }
    }

    private void Accumulate(VectorFormula formula, string accumulator, Expr e, bool tail)
    {
        if (!tail && e is Hadamard h)
            code.Line($"{accumulator} = {dialect.MultiplyAdd(formula.Value(h.A), formula.Value(h.B), accumulator)};");
        else
            code.Line($"{accumulator} += {Kept(formula.Value(e), dialect.Zero, tail)};");
    }

    // derivation.md (2): subtract the largest visible score, exponentiate, divide by the sum.
    private void WriteSoftmax(SoftmaxStage soft)
    {
        var p = soft.Target;
        code.Line($"V max = {dialect.NegativeInfinity};");
        Sweep(tail => code.Line($"max = {dialect.Max("max", Kept(Fresh(soft.Formula), dialect.NegativeInfinity, tail))};"));
        code.Line($"{dialect.Scalar} top = {dialect.Largest("max")};");
        code.Line($"V top_ = {dialect.Create("top")}, sum = {dialect.Zero};");
        Sweep(tail =>
        {
            code.Line($"V e = {Kept(dialect.Exp($"{Fresh(soft.Formula)} - top_"), dialect.Zero, tail)};");
            code.Line($"sum += e;");
            code.Line($"{dialect.Load($"{p} + j")} = e;");
        });
        code.Line($"{dialect.Scalar} whole = {dialect.Sum("sum")};");
        code.Line($"V over_ = {dialect.Create("1 / whole")};");
        if (Reads(soft.LogSumExp)) Broadcast(soft.LogSumExp, $"top + {dialect.Scalar}.Log(whole)");
        code.Block($"for (nint j = 0; j < length; j += {dialect.Lanes})", () => code.Line($"{dialect.Load($"{p} + j")} *= over_;"));
    }

    private bool Reads(string scalar) => pass.Stages.Any(s => RowFormula.Leaves(s.Formula, [.. pass.Known, .. pass.Stages.SelectMany(t => t.Made)])
        .Any(l => program.Names.TryGetValue(l, out var name) && name == scalar));

    private string Fresh(Expr e) => new VectorFormula(code, dialect, program.Names, _known).Value(e);

    private void Sweep(Action<bool> body)
    {
        if (dialect.IsScalar)
        {
            code.Block("for (nint j = 0; j < length; j++)", () => body(false));
            return;
        }

        code.Block($"for (nint j = 0; j < full; j += {dialect.Lanes})", () => body(false));
        code.Block("if (full < length)", () =>
        {
            code.Line("nint j = full;");
            body(true);
        });
    }

    private string Kept(string value, string otherwise, bool tail) => tail ? dialect.Select("tail", value, otherwise) : value;

    private static string Number(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
