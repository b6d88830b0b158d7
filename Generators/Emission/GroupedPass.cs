using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes a pass over a grouped matrix in registers, without a mask. Each subexpression is computed once. A column's sum runs over the vectors and
/// then over the neighbours in a group; it comes out in all of their lanes. A softmax leaves the processor idle until its sum is there: what does not need it is
/// written in its midst.
/// </summary>
internal sealed class GroupedPass(CodeWriter code, Grouping grouping, KernelProgram program, Pass pass, GroupedMatrices matrices)
{
    // Up to so much on either side of zero, the largest score of a column may stay in it: a sum of exponentials neither overflows nor vanishes, and the first of them
    // need not wait for the last score. The branch is foreseen.
    private const double NeedsNoShift = 20;

    private readonly Dictionary<(Expr, int), string> _values = [];
    private readonly Dictionary<Expr, string> _columns = [];

    /// <param name="midSoftmax">Writes what does not need the softmax and fills its pauses.</param>
    /// <param name="made">Told of every vector of a matrix once it stands in its local.</param>
    public void Write(Action midSoftmax, Action<string, int, string> made)
    {
        foreach (var stage in pass.Stages)
        {
            switch (stage)
            {
                case SoftmaxStage soft:
                    WriteSoftmax(soft, midSoftmax);
                    foreach (var vector in AllVectors) made(soft.Target, vector, matrices.Vector(soft.Target, vector));
                    break;
                case SumStage sum:
                    _columns[sum.Made.Single()] = Column(sum.Scalar + "_", Values(sum.Formula), (a, b) => $"{a} + {b}");
                    break;
                case MapStage map:
                    matrices.Take(map.Target, [.. AllVectors.Select(vector => Made(map.Target, vector, Value(map.Formula, vector)))]);
                    break;
            }
        }

        // Last, as nobody waits for the loss.
        foreach (var (total, i) in pass.Stages.OfType<TotalStage>().Select((total, i) => (total, i)))
        {
            var ofLanes = Local("sum" + (i > 0 ? "2" : ""), GroupedProduct.Tree(Values(total.Formula)));
            code.Line($"*Total = {(i > 0 ? "*Total + " : "")}{Literal(total.Factor)} * {grouping.Sum(ofLanes)};");
        }

        string Made(string target, int vector, string local)
        {
            made(target, vector, local);
            return local;
        }
    }

    private void WriteSoftmax(SoftmaxStage soft, Action midSoftmax)
    {
        var scores = Values(soft.Formula);
        _ = Column("top", scores, grouping.Dialect.Max);
        code.Line($"V shift = {Create(0)};");
        code.Line($"if (GreaterThanAny(Abs(top), Create({Literal(NeedsNoShift)}))) shift = top;");
        matrices.Set("e", scores.Select(s => $"Passes{grouping.Dialect.Name}.Exp({s} - shift)"));
        var e = matrices.Vectors("e");
        midSoftmax();
        code.Line($"V over = {Create(1)} / {Column("whole", e, (a, b) => $"{a} + {b}")};");
        matrices.Set(soft.Target, e.Select(x => $"{x} * over"));
    }

    // Down the columns, then across the lanes of a group.
    private string Column(string name, IReadOnlyList<string> values, Func<string, string, string> join)
    {
        code.Line($"V {name} = {GroupedProduct.Tree(values, (a, b) => $"({join(a, b)})")};");
        for (var rows = 1; rows < grouping.Rows; rows *= 2) code.Line($"{name} = {join(name, grouping.Rotate(name, rows))};");
        return name;
    }

    private IEnumerable<int> AllVectors => Enumerable.Range(0, grouping.Vectors);

    private List<string> Values(Expr formula) => [.. AllVectors.Select(vector => Value(formula, vector))];

    private string Value(Expr e, int vector) => e switch
    {
        _ when _columns.TryGetValue(e, out var column) => column,
        _ when _values.TryGetValue((e, vector), out var local) => local,
        _ when e.Shape.Columns != Extent.One && Held(e) is { } held => matrices.Vector(held, vector),
        Visible(var a) => Value(a, vector),
        Across(var a) => Value(a, vector),
        LogSumExp => _columns[e] = Local("lse", "shift - Log(over)"),
        Sum(var a, Scaled { Factor: -1 } b) => Local(e, vector, $"{Value(a, vector)} - {Value(b.A, vector)}"),
        Sum(var a, var b) => Local(e, vector, $"{Value(a, vector)} + {Value(b, vector)}"),
        Hadamard(var a, var b) => Local(e, vector, $"{Value(a, vector)} * {Value(b, vector)}"),
        Scaled s => Local(e, vector, $"{Create(s.Factor)} * {Value(s.A, vector)}"),
        Centred c => Local(e, vector, $"{Value(c.A, vector)} - {_columns[Columnwise.MeanOf(c)]} * {Create(1.0 / grouping.Size)}"),
        _ => throw new NotSupportedException($"{e.GetType().Name} has no value in registers: {e}"),
    };

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

    private string Create(double value) => $"Create({Literal(value)})";

    private string Literal(double value) => $"({grouping.Dialect.Scalar}){value.ToString("R", CultureInfo.InvariantCulture)}";
}
