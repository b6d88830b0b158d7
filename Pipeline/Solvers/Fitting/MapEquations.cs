using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The maps of every head: S_ij = log B_ij + c_i with an unknown c_i per row (for scores c = 0), weighted by the rounding of B. Entries that the
/// mask hides or that were stored as zero are no equations. docs/output.md (O2), (O3).
/// </summary>
internal sealed class MapEquations : IEquations
{
    private readonly Problem _problem;
    private readonly Unknowns _unknowns;
    private readonly Matrix[] _targets;
    private readonly Matrix[] _weights;
    private readonly PaddedMatrix<double> _means;

    public MapEquations(Problem problem, Unknowns unknowns)
    {
        (_problem, _unknowns) = (problem, unknowns);
        _weights = [.. problem.Observed.Map(b => EntryWeights.OfMap(problem, b))];
        _targets = [.. problem.Observed.Map((h, b) => Matrix.Create(b.Rows, b.Columns, (i, j) =>
            _weights[h][i, j] == 0 ? 0 : Centred ? Math.Log(b[i, j]) : b[i, j]))];
        _means = new PaddedMatrix<double>(problem.Dims.N, unknowns.Size);
    }

    public long Count => _weights.Sum(w => (long)w.Values.ToArray().Count(v => v > 0)) - (Centred ? _weights.Sum(w => (long)w.Rows) : 0);

    private bool Centred => _problem.Observation == Observation.Attention;

    public double Loss(Matrix x) => Enumerable.Range(0, _targets.Length).Sum(h =>
    {
        var (residual, weights, loss) = (Residual(h, x), _weights[h], 0.0);
        for (var k = 0; k < residual.Values.Length; k++) loss += weights.Values[k] * residual.Values[k] * residual.Values[k];
        return loss;
    });

    public void AddTo(NormalEquations normal, Matrix x)
    {
        for (var h = 0; h < _targets.Length; h++)
        {
            var pulls = new ScorePulls(_problem.Layer, _problem.Layer.Heads[h], _unknowns, x);
            var residual = Residual(h, x);
            _means.Padded.Clear();
            for (var i = 0; i < _weights[h].Rows; i++) AddRow(normal, pulls.Of(i), i, _weights[h].Row(i), residual.Row(i));
            if (Centred) Downdate(normal);
        }
    }

    // Σ_j w_j J_jᵀJ_j of one query; with c_i eliminated, m mᵀ/Σw with m = Σ w_j J_jᵀ comes off: it waits in a row of the means.
    private void AddRow(
        NormalEquations normal, (Matrix Query, Matrix Key) pulls, int i, ReadOnlySpan<double> weights, ReadOnlySpan<double> residual)
    {
        var (self, total) = (_unknowns.Offset(i), TensorPrimitives.Sum(weights));
        var mean = _means.Row(i);
        if (total == 0) return;
        for (var j = 0; j < weights.Length; j++)
        {
            var (w, other) = (weights[j], _unknowns.Offset(j));
            if (w == 0) continue;
            var a = pulls.Query.Row(j);
            var b = pulls.Key.Row(j);
            normal.AddOuter(self, a, self, a, w);
            normal.AddOuter(other, b, other, b, w);
            normal.AddOuter(self, a, other, b, w);
            if (i == j) normal.AddOuter(self, b, self, a, w);
            normal.AddGradient(self, a, w * residual[j]);
            normal.AddGradient(other, b, w * residual[j]);
            Add(mean, self, a, w / Math.Sqrt(total));
            Add(mean, other, b, w / Math.Sqrt(total));
        }
    }

    private void Downdate(NormalEquations normal)
    {
        var negated = new PaddedMatrix<double>(_means.Rows, _means.Columns);
        TensorPrimitives.Negate(_means.Padded, negated.Padded);
        normal.AddProduct(negated, _means);
    }

    private static void Add(Span<double> mean, int offset, ReadOnlySpan<double> pull, double weight)
    {
        if (offset < 0) return;
        var target = mean.Slice(offset, pull.Length);
        TensorPrimitives.MultiplyAdd(pull, weight, target, target);
    }

    // log B − S, each row less its weighted mean; zero where there is no equation.
    private Matrix Residual(int h, Matrix x)
    {
        var (target, weights, scores) = (_targets[h], _weights[h], Forward.Scores(_problem.Layer, _problem.Layer.Heads[h], x));
        var left = Matrix.Create(target.Rows, target.Columns, (i, j) => weights[i, j] == 0 ? 0 : target[i, j] - scores[i, j]);
        if (!Centred) return left;
        var mean = Matrix.Create(target.Rows, 1, (i, _) =>
            TensorPrimitives.Sum(weights.Row(i)) is > 0 and var total ? TensorPrimitives.Dot(weights.Row(i), left.Row(i)) / total : 0);
        return Matrix.Create(left.Rows, left.Columns, (i, j) => weights[i, j] == 0 ? 0 : left[i, j] - mean[i, 0]);
    }
}
