using Unmask.Generators.Maths;
using Unmask.PropertyTests.Oracle.Numbers;

namespace Unmask.PropertyTests.Oracle;

/// <summary>
/// Evaluates an expression node by node on plain arrays: the second way to every number. What every head has of its own is evaluated once for
/// each head; symbols that all heads share are given once.
/// </summary>
internal sealed class Interpreter<T>(KernelCase c)
    where T : struct, IReal<T>
{
    private readonly Dictionary<(Expr Node, int Head), T[,]> _known = [];
    private readonly IReadOnlyDictionary<string, double[][,]> _symbols = c.Symbols;

    /// <summary>A loss that every head has of its own is summed over the heads.</summary>
    public T Scalar(Expr e) => T.Sum([.. Enumerable.Range(0, e.PerHead ? c.Heads : 1).Select(head => Value(e, head)[0, 0])]);

    public T[,] Value(Expr e, int head = 0)
    {
        if (!e.PerHead) head = 0;
        return _known.TryGetValue((e, head), out var value) ? value : _known[(e, head)] = Compute(e, head);
    }

    private T[,] Compute(Expr e, int head) => e switch
    {
        Symbol s => Input(_symbols[s.Name][head]),
        Zero => new T[Size(e.Shape.Rows), Size(e.Shape.Columns)],
        HeadSum or Sum when Factors(e, head) is { } factors => Multiply(factors),
        Product => Multiply(Factors(e, head)!),
        Transposed(var a) => Fill(e, head, (i, j, x, _) => x[j, i], a),
        Scaled s => Fill(e, head, (i, j, x, _) => T.Exact(s.Factor) * x[i, j], s.A),
        Visible(var a) => Fill(e, head, (i, j, x, _) => Seen(i, j) ? x[i, j] : default, a),
        RowSum(var a) => Fill(e, head, (i, _, x, _) => T.Sum(Row(x, i)), a),
        Across(var a) => Fill(e, head, (i, j, x, _) => Seen(i, j) ? x[i, 0] : default, a),
        Repeated(var a) => Fill(e, head, (i, _, x, _) => x[i, 0], a),
        Centred(var a) => Rows(e, head, Centre, a),
        Softmax(var a) => Rows(e, head, Soften, a),
        LogSumExp(var a) => Rows(e, head, row => [LogSum(row)], a),
        Sum(var a, var b) => Fill(e, head, (i, j, x, y) => x[i, j] + y[i, j], a, b),
        Hadamard(var a, var b) => Fill(e, head, (i, j, x, y) => x[i, j] * y[i, j], a, b),
        Dot(var a, var b) => Fill(e, head, (_, _, x, y) => T.Dot(Flat(x), Flat(y)), a, b),
        _ => throw new NotSupportedException(e.GetType().Name),
    };

    private static T[,] Input(double[,] a)
    {
        var result = new T[a.GetLength(0), a.GetLength(1)];
        for (var i = 0; i < a.GetLength(0); i++)
            for (var j = 0; j < a.GetLength(1); j++) result[i, j] = T.Of(a[i, j]);
        return result;
    }

    private T[,] Fill(Expr e, int head, Func<int, int, T[,], T[,], T> entry, Expr a, Expr? b = null)
    {
        var (x, y) = (Value(a, head), b is null ? new T[0, 0] : Value(b, head));
        var result = new T[Size(e.Shape.Rows), Size(e.Shape.Columns)];
        for (var i = 0; i < result.GetLength(0); i++)
            for (var j = 0; j < result.GetLength(1); j++)
                result[i, j] = entry(i, j, x, y);
        return result;
    }

    // The visible part of every row by itself; the rest is zero.
    private T[,] Rows(Expr e, int head, Func<T[], T[]> rule, Expr a)
    {
        var (x, result) = (Value(a, head), new T[Size(e.Shape.Rows), Size(e.Shape.Columns)]);
        for (var i = 0; i < result.GetLength(0); i++)
            foreach (var (j, value) in rule(Row(x, i)).Index()) result[i, j] = value;
        return result;
    }

    // A sum of products, over heads or not, is one long sum of terms: that is how it is accumulated.
    private List<(T[,] A, T[,] B)>? Factors(Expr e, int head) => e switch
    {
        Product(var a, var b) => [(Value(a, head), Value(b, head))],
        Sum(var a, var b) when Factors(a, head) is { } left && Factors(b, head) is { } right => [.. left, .. right],
        HeadSum(var a) => [.. Enumerable.Range(0, c.Heads).SelectMany(h => Factors(a, h) ?? throw new NotSupportedException($"a sum over heads of {a}"))],
        _ => null,
    };

    private static T[,] Multiply(List<(T[,] A, T[,] B)> factors)
    {
        var result = new T[factors[0].A.GetLength(0), factors[0].B.GetLength(1)];
        var columns = Enumerable.Range(0, result.GetLength(1)).Select(j => factors.SelectMany(f => Enumerable.Range(0, f.B.GetLength(0)).Select(k => f.B[k, j])).ToArray()).ToList();
        for (var i = 0; i < result.GetLength(0); i++)
        {
            var row = factors.SelectMany(f => Enumerable.Range(0, f.A.GetLength(1)).Select(k => f.A[i, k])).ToArray();
            for (var j = 0; j < columns.Count; j++) result[i, j] = T.Dot(row, columns[j]);
        }

        return result;
    }

    private int Size(Extent extent) => extent switch { Extent.One => 1, Extent.D => c.D, Extent.N => c.N, _ => c.HeadWidth };

    private bool Seen(int i, int j) => !c.Causal || j <= i;

    private T[] Row(T[,] x, int i) => [.. Enumerable.Range(0, c.Causal ? i + 1 : c.N).Select(j => x[i, j])];

    private static T[] Flat(T[,] a) => [.. a.Cast<T>()];

    private static T[] Centre(T[] row)
    {
        var mean = T.Sum(row) / T.Exact(row.Length);
        return [.. row.Select(x => x - mean)];
    }

    // Any shift serves; the largest is taken so that nothing overflows.
    private static T[] Soften(T[] row)
    {
        var top = T.Exact(row.Max(x => x.Value));
        var e = row.Select(x => T.Exp(x - top)).ToArray();
        var sum = T.Sum(e);
        return [.. e.Select(x => x / sum)];
    }

    private static T LogSum(T[] row)
    {
        var top = T.Exact(row.Max(x => x.Value));
        return top + T.Log(T.Sum([.. row.Select(x => T.Exp(x - top))]));
    }
}
