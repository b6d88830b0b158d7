using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes a softmax of a grouped matrix in registers, where everything waits for it: P = E over, E = e^S and over = 1 / ΣE of a column. What does not need it is
/// written in its midst, and what can be said of P by E and over is said so and does not wait for P.
/// </summary>
internal sealed class GroupedSoftmax(CodeWriter code, Grouping grouping, Pass pass, SoftmaxStage soft, GroupedMatrices matrices)
{
    // Up to so much on either side of zero no score is taken from the others: a sum of exponentials neither overflows nor vanishes, and none of them has to wait for the
    // last score. The branch is foreseen.
    private const double NeedsNoShift = 20;

    private Expr P => soft.Made.First();

    /// <summary>The sum over columns, r = Σ P ∘ (P − B), that is made from E.</summary>
    public SumStage? Weighted => pass.Stages.OfType<SumStage>().FirstOrDefault(sum => Compared(sum) is not null);

    /// <param name="values">The vectors of a formula.</param>
    /// <param name="midway">Writes what fills the pauses.</param>
    public void Write(Func<Expr, List<string>> values, Action midway)
    {
        WriteExponentials(values(soft.Formula));
        midway();
        var e = matrices.Vectors("e");
        code.Line($"V over = {grouping.Dialect.Number(1)} / {grouping.Column(code, "whole", GroupedProduct.Tree(e))};");
        if (Weighted is { } sum) WriteWeighted(e, values(Compared(sum)!));
        matrices.Undivided.Take(soft.Target, "e", "over");
    }

    /// <summary>P − B, or … − r, by what is there before P is; null for any other difference.</summary>
    public string? Fused(Sum difference, int vector, Func<Expr, int, string> value) => difference switch
    {
        Sum(var a, Scaled { Factor: -1, A: Across(var r) }) when Weighted is { } sum && r.Equals(sum.Made.Single()) => $"FusedMultiplyAdd(over, less, {value(a, vector)})",
        Sum(var p, Scaled { Factor: -1 } b) when p.Equals(P) => grouping.Dialect.MultiplySubtract(matrices.Vector("e", vector), "over", value(b.A, vector)),
        _ => null,
    };

    private void WriteExponentials(List<string> scores)
    {
        Func<string, string, string> max = grouping.Dialect.Max;
        var e = scores.Select((_, vector) => $"e{vector}").ToList();
        string Each(Func<string, int, string> exponential) => string.Join(" ", scores.Select((s, vector) => $"{e[vector]} = Passes{grouping.Dialect.Name}.{exponential(s, vector)};"));
        var size = ExponentialWriter.NearSize(grouping.Dialect);
        var near = Each((s, vector) => size > 0 ? $"Near({s}, {GroupedPlaces.Near} + {vector * size})" : $"Near({s})");
        code.Line($"V shift = {grouping.Dialect.Number(0)}, {string.Join(", ", e)};");
        code.Block($"if (LessThanOrEqualAll({grouping.Farthest(scores)}, {grouping.Dialect.Number(NeedsNoShift)}))", () =>
        {
            if (!grouping.IsFeaturewise)
            {
                code.Line(near);
                return;
            }

            code.Block("if (Vector512.IsHardwareAccelerated)", () => WriteTwoByTwo(scores, e));
            code.Line($"else {{ {near} }}");
        });
        code.Block("else", () =>
        {
            code.Line($"shift = {grouping.Column(code, "top", GroupedProduct.Tree(scores, max), max)};");
            code.Line(Each((s, _) => $"Exp({s} - shift)"));
        });
        matrices.Take("e", e);
    }

    // Two rows in a vector twice as wide, where there are such: its table saves more steps than putting them together and taking them apart costs.
    private void WriteTwoByTwo(IReadOnlyList<string> scores, IReadOnlyList<string> e)
    {
        for (var row = 0; row < scores.Count; row += 2)
        {
            code.Line($"var wide{row} = Passes{(grouping.Dialect with { Bits = 512 }).Name}.Near(Vector512.Create({scores[row]}, {scores[row + 1]}));");
            code.Line($"{e[row]} = wide{row}.GetLower(); {e[row + 1]} = wide{row}.GetUpper();");
        }
    }

    // r = (ΣE² over − ΣE B) over: all three sums are made side by side, and −r is less · over.
    private void WriteWeighted(IReadOnlyList<string> e, IReadOnlyList<string> b)
    {
        var squares = grouping.Column(code, "squares", GroupedProduct.Halves([.. e.Select(x => (x, x))]));
        var met = grouping.Column(code, "met", GroupedProduct.Halves([.. e.Zip(b, (x, y) => (x, y))]));
        code.Line($"V less = {grouping.Dialect.NegatedMultiplyAdd(squares, "over", met)};");
    }

    // B, where the summand is P ∘ (P − B).
    private Expr? Compared(SumStage sum) =>
        sum.Formula is Hadamard(var p, Sum(var q, Scaled { Factor: -1 } b)) && p.Equals(P) && q.Equals(P) ? b.A : null;
}
