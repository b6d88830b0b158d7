using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The normal matrix of <see cref="RelationFit"/>: a sum of four products, each of a number for two tokens and a matrix of one token's coordinates,
/// docs/output.md (O15). Tokens are shared out over threads, each written by one.
/// </summary>
internal sealed class RelationNormal(Matrix byQuery, Matrix byKey, Matrix query, Matrix key, int? threads)
{
    private readonly Matrix _queries = query * query.Transpose(), _keys = key * key.Transpose(), _both = query * key.Transpose();
    private readonly Matrix _ofQueries = byQuery.Transpose() * byQuery, _ofKeys = byKey.Transpose() * byKey;
    private readonly Matrix _across = byQuery.Transpose() * byKey, _back = byKey.Transpose() * byQuery;

    /// <summary>Writes the upper triangle of −(M + shift·I).</summary>
    public void Write(UpperStrips target, double shift) => new SharedWork(t => Rows(target, shift, t), threads).Run(query.Rows);

    private void Rows(UpperStrips target, double shift, int t)
    {
        var width = byQuery.Columns;
        var row = new double[width * (query.Rows - t)];
        for (var a = 0; a < width; a++)
        {
            System.Array.Clear(row);
            for (var u = t; u < query.Rows; u++)
            {
                var block = row.AsSpan((u - t) * width, width);
                TensorPrimitives.MultiplyAdd(_ofQueries.Row(a), -_queries[t, u], block, block);
                TensorPrimitives.MultiplyAdd(_ofKeys.Row(a), -_keys[t, u], block, block);
                TensorPrimitives.MultiplyAdd(_across.Row(a), -_both[t, u], block, block);
                TensorPrimitives.MultiplyAdd(_back.Row(a), -_both[u, t], block, block);
            }

            row[a] -= shift;
            target.SetRow(t * width + a, row.AsSpan(a));
        }
    }
}
