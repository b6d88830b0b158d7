using System.Numerics.Tensors;
using Unmask.Pipeline.Transformers;

namespace Unmask.Pipeline.Solvers;

/// <summary>The residual stream after attention of every candidate behind a prefix. token-search.md (T19).</summary>
internal static class CandidateStreams
{
    /// <summary>count×d.</summary>
    public static Matrix Of(AttentionBranch branch, Prefix prefix, Transformers.Extension candidates)
    {
        var (before, own) = (branch.Values(prefix.States), branch.Values(candidates.States.Transpose()));
        var (count, heads) = (own.Rows, branch.Layer.Heads.Count);
        var (width, length) = (own.Columns / heads, prefix.Length);
        var mixed = new double[own.Values.Length];
        for (var h = 0; h < heads; h++)
        {
            var p = Forward.SoftmaxRows(candidates.Scores[h]);
            for (var v = 0; v < count; v++)
            {
                var row = mixed.AsSpan(v * own.Columns + h * width, width);
                for (var j = 0; j < length; j++) TensorPrimitives.MultiplyAdd(before.Row(j).Slice(h * width, width), p[v, j], row, row);
                TensorPrimitives.MultiplyAdd(own.Row(v).Slice(h * width, width), p[v, length], row, row);
            }
        }

        return candidates.Streams + branch.Written(Matrix.Own(count, own.Columns, mixed));
    }
}
