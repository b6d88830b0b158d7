using Unmask.Kernels;

namespace Unmask.PropertyTests.Oracle;

/// <summary>
/// The third way: plain loops over one entry at a time, written from the formulas of docs/derivation.md and sharing nothing with the
/// generator. Loss and gradient by hand; products follow in the tests by differencing these.
/// </summary>
internal sealed class ScalarOracle(KernelCase c)
{
    private int D => c.D;

    private int N => c.N;

    public double Loss(double[,] x)
    {
        var z = Residual(x);
        if (c.Model != LossModel.CrossEntropy) return 0.5 * z.Cast<double>().Sum(r => r * r);
        var (loss, p) = (0.0, Softmax(Scores(x)));
        for (var i = 0; i < N; i++)
            for (var j = 0; j < End(i); j++)
                loss -= c.B[i, j] * Math.Log(p[i, j]);
        return loss;
    }

    /// <summary>The matrix Z whose outer function is the loss: the residual, or the scores for the cross-entropy.</summary>
    public double[,] Residual(double[,] x)
    {
        var s = Scores(x);
        var z = new double[N, c.Model == LossModel.Output ? D : N];
        var p = Softmax(s);
        for (var i = 0; i < N; i++)
        {
            if (c.Model == LossModel.Output)
            {
                for (var a = 0; a < D; a++)
                {
                    for (var j = 0; j < End(i); j++)
                        for (var b = 0; b < D; b++)
                            z[i, a] += p[i, j] * x[b, j] * c.V[b, a];
                    z[i, a] -= c.B[i, a];
                }

                continue;
            }

            var mean = 0.0;
            for (var j = 0; j < End(i); j++) mean += (s[i, j] - c.B[i, j]) / End(i);
            for (var j = 0; j < End(i); j++)
                z[i, j] = c.Model switch
                {
                    LossModel.Scores => s[i, j] - c.B[i, j],
                    LossModel.Attention => p[i, j] - c.B[i, j],
                    LossModel.LogAttention => s[i, j] - c.B[i, j] - mean,
                    _ => s[i, j],
                };
        }

        return z;
    }

    public double[,] Gradient(double[,] x)
    {
        var p = Softmax(Scores(x));
        var z = Residual(x);
        var dS = new double[N, N];
        var gradient = new double[D, N];
        for (var i = 0; i < N; i++)
        {
            // dP, and through the softmax to dS, one row at a time.
            var dP = new double[N];
            var inner = 0.0;
            var mass = 0.0;
            for (var j = 0; j < End(i); j++)
            {
                if (c.Model == LossModel.Attention) dP[j] = z[i, j];
                if (c.Model == LossModel.Output)
                    for (var a = 0; a < D; a++)
                        for (var b = 0; b < D; b++)
                            dP[j] += z[i, a] * c.V[b, a] * x[b, j];
                inner += p[i, j] * dP[j];
                mass += c.Model == LossModel.CrossEntropy ? c.B[i, j] : 0;
            }

            for (var j = 0; j < End(i); j++)
            {
                dS[i, j] = c.Model switch
                {
                    LossModel.Scores or LossModel.LogAttention => z[i, j],
                    LossModel.CrossEntropy => mass * p[i, j] - c.B[i, j],
                    _ => p[i, j] * (dP[j] - inner),
                };
                if (c.Model == LossModel.Output)
                    for (var a = 0; a < D; a++)
                        for (var b = 0; b < D; b++)
                            gradient[b, j] += c.V[b, a] * z[i, a] * p[i, j];
            }
        }

        for (var i = 0; i < N; i++)
            for (var j = 0; j < End(i); j++)
                for (var a = 0; a < D; a++)
                    for (var b = 0; b < D; b++)
                    {
                        gradient[a, i] += dS[i, j] * c.W[a, b] * x[b, j];
                        gradient[b, j] += dS[i, j] * c.W[a, b] * x[a, i];
                    }

        return gradient;
    }

    private double[,] Scores(double[,] x)
    {
        var s = new double[N, N];
        for (var i = 0; i < N; i++)
            for (var j = 0; j < End(i); j++)
                for (var a = 0; a < D; a++)
                    for (var b = 0; b < D; b++)
                        s[i, j] += x[a, i] * c.W[a, b] * x[b, j];
        return s;
    }

    private double[,] Softmax(double[,] s)
    {
        var p = new double[N, N];
        for (var i = 0; i < N; i++)
        {
            var (max, sum) = (double.NegativeInfinity, 0.0);
            for (var j = 0; j < End(i); j++) max = Math.Max(max, s[i, j]);
            for (var j = 0; j < End(i); j++) sum += p[i, j] = Math.Exp(s[i, j] - max);
            for (var j = 0; j < End(i); j++) p[i, j] /= sum;
        }

        return p;
    }

    private int End(int i) => c.Causal ? i + 1 : N;
}
