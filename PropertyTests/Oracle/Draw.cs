using Unmask.Kernels;

namespace Unmask.PropertyTests.Oracle;

/// <summary>Random matrices.</summary>
internal static class Draw
{
    public static double[,] Normal(Random random, int rows, int columns, double scale)
    {
        var a = new double[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                a[i, j] = scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return a;
    }

    /// <summary>What was observed under a model: an output, scores, or rows that sum to one; hidden entries are zero.</summary>
    public static double[,] Observed(Random random, LossModel model, int d, int n, bool causal)
    {
        if (model == LossModel.Output) return Normal(random, n, d, 1);
        var b = Normal(random, n, n, 1);
        for (var i = 0; i < n; i++)
        {
            var seen = causal ? i + 1 : n;
            for (var j = seen; j < n; j++) b[i, j] = 0;
            if (model is LossModel.Scores or LossModel.LogAttention) continue;
            var sum = 0.0;
            for (var j = 0; j < seen; j++) sum += b[i, j] = Math.Exp(b[i, j]);
            for (var j = 0; j < seen; j++) b[i, j] /= sum;
        }

        return b;
    }
}
