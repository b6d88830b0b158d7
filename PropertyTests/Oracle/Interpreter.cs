using Unmask.Generators.Maths;

namespace Unmask.PropertyTests.Oracle;

/// <summary>Evaluates an expression node by node on plain arrays of doubles: the second way to every number.</summary>
internal sealed class Interpreter(int d, int n, bool causal, IReadOnlyDictionary<string, double[,]> symbols)
{
    private readonly Dictionary<Expr, double[,]> _known = [];

    public double Scalar(Expr e) => Value(e)[0, 0];

    public double[,] Value(Expr e) => _known.TryGetValue(e, out var value) ? value : _known[e] = Compute(e);

    private double[,] Compute(Expr e) => e switch
    {
        Symbol s => symbols[s.Name],
        Zero => new double[Size(e.Shape.Rows), Size(e.Shape.Columns)],
        Transposed(var a) => Fill(e, (i, j, x, _) => x[j, i], a),
        Scaled s => Fill(e, (i, j, x, _) => s.Factor * x[i, j], s.A),
        Visible(var a) => Fill(e, (i, j, x, _) => Seen(i, j) ? x[i, j] : 0, a),
        RowSum(var a) => Fill(e, (i, _, x, _) => Row(x, i).Sum(), a),
        Across(var a) => Fill(e, (i, j, x, _) => Seen(i, j) ? x[i, 0] : 0, a),
        Centred(var a) => Fill(e, (i, j, x, _) => Seen(i, j) ? x[i, j] - Row(x, i).Average() : 0, a),
        Softmax(var a) => Fill(e, (i, j, x, _) => Seen(i, j) ? Math.Exp(x[i, j] - LogSum(Row(x, i))) : 0, a),
        LogSumExp(var a) => Fill(e, (i, _, x, _) => LogSum(Row(x, i)), a),
        Sum(var a, var b) => Fill(e, (i, j, x, y) => x[i, j] + y[i, j], a, b),
        Hadamard(var a, var b) => Fill(e, (i, j, x, y) => x[i, j] * y[i, j], a, b),
        Product(var a, var b) => Fill(e, (i, j, x, y) => Enumerable.Range(0, y.GetLength(0)).Sum(k => x[i, k] * y[k, j]), a, b),
        Dot(var a, var b) => Fill(e, (_, _, x, y) => x.Cast<double>().Zip(y.Cast<double>(), (p, q) => p * q).Sum(), a, b),
        _ => throw new NotSupportedException(e.GetType().Name),
    };

    private double[,] Fill(Expr e, Func<int, int, double[,], double[,], double> entry, Expr a, Expr? b = null)
    {
        var (x, y) = (Value(a), b is null ? new double[0, 0] : Value(b));
        var result = new double[Size(e.Shape.Rows), Size(e.Shape.Columns)];
        for (var i = 0; i < result.GetLength(0); i++)
            for (var j = 0; j < result.GetLength(1); j++)
                result[i, j] = entry(i, j, x, y);
        return result;
    }

    private int Size(Extent extent) => extent switch { Extent.One => 1, Extent.D => d, _ => n };

    private bool Seen(int i, int j) => !causal || j <= i;

    private IEnumerable<double> Row(double[,] x, int i) => Enumerable.Range(0, n).Where(j => Seen(i, j)).Select(j => x[i, j]);

    private static double LogSum(IEnumerable<double> row)
    {
        var values = row.ToList();
        var max = values.Max();
        return max + Math.Log(values.Sum(v => Math.Exp(v - max)));
    }
}
