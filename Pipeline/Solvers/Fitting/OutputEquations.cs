using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The outputs of every head, Y_h = P_h XᵀV_h with P_h computed from X: what rounding of the maps did to an inverse is not inherited. A row
/// of unknowns sees P_ij (V_h + (z_j − y_i) b_jᵀ) at token j, and Σ_j P_ij (z_j − y_i) a_jᵀ at token i besides. docs/output.md (O5).
/// </summary>
internal sealed class OutputEquations(Problem problem, Unknowns unknowns, Matrix output, Matrix value) : IEquations
{
    private readonly int _width = value.Columns / problem.Layer.Heads.Count;
    private readonly Matrix _weights = EntryWeights.OfOutput(problem, output);
    private readonly Matrix _seen = unknowns.Seen(value).Transpose();

    public long Count => output.Values.Length;

    public double Loss(Matrix x)
    {
        var loss = 0.0;
        for (var h = 0; h < problem.Layer.Heads.Count; h++)
        {
            var y = Forward.Attention(problem.Layer, problem.Layer.Heads[h], x) * Carried(h, x);
            for (var i = 0; i < y.Rows; i++)
                for (var c = 0; c < _width; c++)
                {
                    var left = output[i, h * _width + c] - y[i, c];
                    loss += _weights[i, h * _width + c] * left * left;
                }
        }

        return loss;
    }

    public void AddTo(NormalEquations normal, Matrix x)
    {
        var rows = new PaddedMatrix<double>(_width, unknowns.Size);
        for (var h = 0; h < problem.Layer.Heads.Count; h++)
        {
            var (p, carried) = (Forward.Attention(problem.Layer, problem.Layer.Heads[h], x), Carried(h, x));
            var (y, pulls) = (p * carried, new ScorePulls(problem.Layer, problem.Layer.Heads[h], unknowns, x));
            for (var i = 0; i < p.Rows; i++)
            {
                rows.Padded.Clear();
                var pull = pulls.Of(i);
                for (var c = 0; c < _width; c++) Write(normal, rows.Row(c), pull, p.Row(i), carried, y[i, c], i, c, h);
                normal.AddProduct(rows, rows);
            }
        }
    }

    // One number y_ic: its derivative by every unknown, times 1/σ.
    private void Write(
        NormalEquations normal, Span<double> row, (Matrix Query, Matrix Key) pull, ReadOnlySpan<double> p, Matrix carried, double y, int i, int c, int h)
    {
        var (column, self) = (h * _width + c, unknowns.Offset(i));
        var root = Math.Sqrt(_weights[i, column]);
        for (var j = 0; j < p.Length; j++)
        {
            if (p[j] == 0) continue;
            var (other, apart) = (unknowns.Offset(j), carried[j, c] - y);
            if (self >= 0) Add(row, self, pull.Query.Row(j), root * p[j] * apart);
            if (other < 0) continue;
            Add(row, other, pull.Key.Row(j), root * p[j] * apart);
            Add(row, other, _seen.Row(column), root * p[j]);
        }

        normal.AddGradient(0, row, root * (output[i, column] - y));
    }

    private static void Add(Span<double> row, int offset, ReadOnlySpan<double> pull, double factor)
    {
        var target = row.Slice(offset, pull.Length);
        TensorPrimitives.MultiplyAdd(pull, factor, target, target);
    }

    // XᵀV_h, n×d_h.
    private Matrix Carried(int h, Matrix x) =>
        x.Transpose() * Matrix.Create(value.Rows, _width, (a, c) => value[a, h * _width + c]);
}
