using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes a pass over a grouped matrix in registers, without a mask. Each subexpression is computed once. A column's sum runs over the vectors and
/// then over the neighbours in a group; it comes out in all of their lanes.
/// </summary>
internal sealed class GroupedPass(CodeWriter code, Grouping grouping, KernelProgram program, Pass pass, GroupedMatrices matrices)
{
    private readonly Dictionary<(Expr, int), string> _values = [];
    private readonly HashSet<string> _begun = [];
    private GroupedSoftmax? _softmax;

    /// <param name="midSoftmax">Writes what does not need the softmax and fills its pauses.</param>
    /// <param name="made">Told of every vector of a matrix once it stands in its local.</param>
    public void Write(Action midSoftmax, Action<string, int, string> made)
    {
        foreach (var stage in pass.Stages)
        {
            switch (stage)
            {
                case SoftmaxStage soft:
                    _softmax = new GroupedSoftmax(code, grouping, pass, soft, matrices);
                    _softmax.Write(Values, midSoftmax);
                    foreach (var vector in AllVectors) made(soft.Target, vector, matrices.Vector(soft.Target, vector));
                    break;
                case SumOverFeatures sum:
                    matrices.OfColumns[sum.Sum] = grouping.Column(code, sum.Scalar + "_", OfVectors(sum.Formula));
                    break;
                case SumStage sum:
                    if (_softmax?.Weighted != sum) matrices.OfColumns[sum.Made.Single()] = grouping.Column(code, sum.Scalar + "_", OfVectors(sum.Formula));
                    break;
                case MapStage map:
                    matrices.Take(map.Target, [.. AllVectors.Select(vector => Made(map.Target, vector, Value(map.Formula, vector)))]);
                    break;
            }
        }

        string Made(string target, int vector, string local)
        {
            made(target, vector, local);
            if (grouping.IsFeaturewise) foreach (var (total, i) in Totals) Continue(Name(i), total.Formula, vector);
            return local;
        }
    }

    /// <summary>Writes the loss, which nobody waits for.</summary>
    public void WriteTotals()
    {
        foreach (var (total, i) in Totals)
        {
            var ofLanes = _begun.Contains(Name(i)) ? Name(i) : Local(Name(i), OfVectors(total.Formula));
            code.Line($"*Total = {(i > 0 ? "*Total + " : "")}{grouping.Dialect.Literal(total.Factor)} * {grouping.Sum(code, ofLanes)};");
        }
    }

    private IEnumerable<(TotalStage Total, int Index)> Totals => pass.Stages.OfType<TotalStage>().Select((total, i) => (total, i));

    private static string Name(int total) => "sum" + (total > 0 ? "2" : "");

    // Vector by vector, while there are few registers to keep the summands in.
    private void Continue(string sum, Expr formula, int vector)
    {
        if (formula is not Hadamard(var a, var b)) return;
        var (left, right) = (Value(a, vector), Value(b, vector));
        code.Line(_begun.Add(sum) ? $"V {sum} = {left} * {right};" : $"{sum} = FusedMultiplyAdd({left}, {right}, {sum});");
    }

    private IEnumerable<int> AllVectors => Enumerable.Range(0, grouping.Vectors);

    private List<string> Values(Expr formula) => [.. AllVectors.Select(vector => Value(formula, vector))];

    // What all vectors come to, lane by lane.
    private string OfVectors(Expr formula) => formula is Hadamard(var a, var b)
        ? GroupedProduct.Halves([.. Values(a).Zip(Values(b), (x, y) => (x, y))])
        : GroupedProduct.Tree(Values(formula));

    private string Value(Expr e, int vector) => e switch
    {
        _ when matrices.OfColumns.TryGetValue(e, out var column) => column,
        _ when _values.TryGetValue((e, vector), out var local) => local,
        _ when e.Shape.Columns != Extent.One && Held(e) is { } held => matrices.Vector(held, vector),
        Visible(var a) => Value(a, vector),
        Across(var a) => Value(a, vector),
        LogSumExp => matrices.OfColumns[e] = Local("lse", "shift - Log(over)"),
        Sum difference when _softmax?.Fused(difference, vector, Value) is { } fused => Local(e, vector, fused),
        Sum(var a, Scaled { Factor: -1 } b) when Held(a) is { } name && matrices.Undivided.Of(name, vector) is var (product, scale) =>
            Local(e, vector, grouping.Dialect.MultiplySubtract(product, scale, Value(b.A, vector))),
        Sum(var a, Scaled { Factor: -1 } b) when Held(Unmasked(a)) is { } name && IsUsedBy(e, a) && matrices.Less(name, vector, Value(b.A, vector)) is { } less => Local(e, vector, less),
        Sum(var a, Scaled { Factor: -1 } b) => Local(e, vector, $"{Value(a, vector)} - {Value(b.A, vector)}"),
        Sum(var a, var b) => Local(e, vector, $"{Value(a, vector)} + {Value(b, vector)}"),
        Hadamard(var p, Sum(var m, Scaled { Factor: -1 } r)) when _values.TryGetValue((new Hadamard(p, m), vector), out var made) =>
            Local(e, vector, grouping.Dialect.NegatedMultiplyAdd(Value(p, vector), Value(r.A, vector), made)), // the product need not wait for r
        Hadamard(var p, Sum(var m, Scaled { Factor: -1, A: Across(var r) })) when matrices.OfColumns.TryGetValue(r, out var column) =>
            Local(e, vector, grouping.Dialect.MultiplySubtract(Value(p, vector), Value(m, vector), Local($"known{vector}", $"{Value(p, vector)} * {column}"))), // here r was there first
        Hadamard(var a, var b) => Local(e, vector, $"{Value(a, vector)} * {Value(b, vector)}"),
        Scaled s => Local(e, vector, $"{grouping.Dialect.Number(s.Factor)} * {Value(s.A, vector)}"),
        Centred c => Local(e, vector, $"{Value(c.A, vector)} - {matrices.OfColumns[Columnwise.MeanOf(c)]} * {grouping.Dialect.Number(1.0 / grouping.Size)}"),
        _ => throw new NotSupportedException($"{e.GetType().Name} has no value in registers: {e}"),
    };

    private static Expr Unmasked(Expr e) => e is Visible(var all) ? all : e;

    // By it alone.
    private bool IsUsedBy(Expr user, Expr used) => Walk.ToRoot([.. pass.Stages.Select(stage => stage.Formula)])
        .Where(node => Walk.Operands(node).Any(operand => operand.Equals(used) || operand.Equals(Unmasked(used))))
        .All(node => node.Equals(user) || node.Equals(used));

    private string Local(Expr e, int vector, string value) => _values[(e, vector)] = Local($"v{pass.Name.Last()}_{_values.Count}", value);

    private string Local(string name, string value)
    {
        code.Line($"V {name} = {value};");
        return name;
    }

    // The matrix that holds a node, if any does.
    private string? Held(Expr e)
    {
        var name = e is Symbol s ? s.Name : program.Names.TryGetValue(e, out var known) ? known : null;
        if (name is null) return null;
        var held = Stored.Name(name, Stored.AsTranspose(e));
        return matrices.Holds(held) ? held : null;
    }
}
