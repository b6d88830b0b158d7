using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// min Σ w_ij² (G_ij − u_i·v_j − r_i)², in turn over the rows (u_i, r_i) and over the columns v_j, one small least-squares problem each: what was
/// not seen has weight 0, and rows and columns join as soon as enough of what they cross is there. docs/subspace.md (S3).
/// </summary>
internal static class WeightedSweeps
{
    private const int Most = 40;
    private const double Still = 1e-13;

    /// <param name="block">The map.</param>
    /// <param name="v">Rows of V to begin with.</param>
    /// <param name="rank">Of the fit.</param>
    /// <param name="spare">Equations beyond the unknowns that a row needs, so that an entry or two do not decide where it lies.</param>
    public static LowRankFit Run(WeightedBlock block, double[]?[] v, int rank, int spare)
    {
        var (transposed, weights) = (block.Values.Transpose(), block.Weights.Transpose());
        var (needRow, needColumn) = (Math.Min(block.Columns, rank + 1 + spare), Math.Min(block.Rows, rank + spare));
        var u = new double[]?[block.Rows];
        for (var sweep = 0; sweep < Most; sweep++)
        {
            var withOne = v.Select(one => one?.Append(1).ToArray()).ToArray();
            var rows = Enumerable.Range(0, block.Rows).Select(i => Fit(block.Values.Row(i), block.Weights.Row(i), withOne, [], needRow)).ToArray();
            var shift = rows.Select(row => row?[rank] ?? 0).ToArray();
            u = Orthonormal(rows.Select(row => row?[..rank]).ToArray(), rank);
            var found = Enumerable.Range(0, block.Columns).Select(j => Fit(transposed.Row(j), weights.Row(j), u, shift, needColumn)).ToArray();
            var (before, after) = (v, Orthonormal(found, rank));
            v = after;
            if (Moved(before, after, rank) <= Still) break;
        }

        return new LowRankFit(u, v);
    }

    // min over y of Σ w_k² (g_k − shift_k − y·factor_k)²; none with fewer than the needed entries.
    private static double[]? Fit(ReadOnlySpan<double> g, ReadOnlySpan<double> w, double[]?[] factor, double[] shift, int need)
    {
        var seen = new List<int>();
        for (var k = 0; k < factor.Length; k++)
            if (w[k] > 0 && factor[k] is not null) seen.Add(k);
        if (seen.Count < need) return null;
        var most = seen.Count == 0 ? 1 : TensorPrimitives.Max(w);
        var width = factor[seen[0]]!.Length;
        var (left, right) = (new double[seen.Count * width], new double[seen.Count]);
        for (var r = 0; r < seen.Count; r++)
        {
            var k = seen[r];
            TensorPrimitives.Multiply(factor[k], w[k] / most, left.AsSpan(r * width, width));
            right[r] = w[k] / most * (g[k] - (shift.Length > 0 ? shift[k] : 0));
        }

        return HouseholderQr.Of(Matrix.Own(seen.Count, width, left)).Solve(Matrix.Own(seen.Count, 1, right)).Values.ToArray();
    }

    // Any basis of the same space does; an orthonormal one keeps the next problems well conditioned.
    private static double[]?[] Orthonormal(double[]?[] rows, int rank)
    {
        var known = rows.Where(row => row is not null).ToArray();
        if (known.Length < rank) return rows;
        var q = HouseholderQr.Of(Matrix.Own(known.Length, rank, [.. known.SelectMany(row => row!)])).Q();
        var next = 0;
        return [.. rows.Select(row => row is null ? null : q.Row(next++).ToArray())];
    }

    // The sine of the angle between two spaces; 1 while columns still join.
    private static double Moved(double[]?[] before, double[]?[] after, int rank)
    {
        if (before.Zip(after).Any(pair => pair.Item1 is null != pair.Item2 is null)) return 1;
        Matrix Pack(double[]?[] rows) => Matrix.Own(rows.Count(row => row is not null), rank, [.. rows.SelectMany(row => row ?? [])]);
        var (a, b) = (Pack(before), Pack(after));
        return (b - a * (a.Transpose() * b)).FrobeniusNorm();
    }
}
