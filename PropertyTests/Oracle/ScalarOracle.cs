using Unmask.Kernels;
using Unmask.PropertyTests.Oracle.Numbers;

namespace Unmask.PropertyTests.Oracle;

/// <summary>
/// The third way: plain loops over one entry at a time, written from the formulas of docs/derivation.md and sharing nothing with the
/// generator. Loss and gradient by hand, in any arithmetic; products follow in the tests by differencing these.
/// </summary>
internal sealed class ScalarOracle<T>(ScalarProblem c)
    where T : struct, IReal<T>
{
    private sealed record Head(T[,] Queries, T[,] Keys, T[,] S, T[,] P, T[,] Values);

    private int Heads => c.WQ.Length;

    public T Loss(T[,] x)
    {
        var loss = default(T);
        if (c.Model != LossModel.CrossEntropy)
        {
            foreach (var z in Residual(x))
                foreach (var r in z) loss += T.Exact(0.5) * r * r;
            return loss;
        }

        for (var h = 0; h < Heads; h++)
        {
            var p = At(x, h).P;
            for (var i = 0; i < c.N; i++)
                for (var j = 0; j < End(i); j++) loss -= T.Of(c.B[h][i, j]) * T.Log(p[i, j]);
        }

        return loss;
    }

    /// <summary>The matrices Z whose outer function is the loss, one for every head: the residual, or the scores for the cross-entropy. The output has one.</summary>
    public T[][,] Residual(T[,] x)
    {
        var heads = Enumerable.Range(0, Heads).Select(h => At(x, h)).ToArray();
        if (c.Model == LossModel.Output) return [OutputResidual(heads)];
        return [.. heads.Select((head, h) => MapResidual(head, h))];
    }

    public T[,] Gradient(T[,] x)
    {
        var (z, gradient) = (Residual(x), new T[c.D, c.N]);
        for (var h = 0; h < Heads; h++)
        {
            var head = At(x, h);
            var dS = c.Model == LossModel.Output ? OutputSlope(head, h, z[0], gradient) : MapSlope(head, h, z[h]);
            for (var i = 0; i < c.N; i++)
                for (var a = 0; a < c.H; a++)
                {
                    var (query, key) = (default(T), default(T));
                    for (var j = 0; j < c.N; j++)
                    {
                        query += dS[i, j] * head.Keys[a, j];
                        key += dS[j, i] * head.Queries[a, j];
                    }

                    for (var b = 0; b < c.D; b++) gradient[b, i] += T.Of(c.WQ[h][b, a]) * query + T.Of(c.WK[h][b, a]) * key;
                }
        }

        return gradient;
    }

    private T[,] MapResidual(Head head, int h)
    {
        var z = new T[c.N, c.N];
        for (var i = 0; i < c.N; i++)
        {
            var mean = default(T);
            for (var j = 0; j < End(i); j++) mean += (head.S[i, j] - T.Of(c.B[h][i, j])) / T.Exact(End(i));
            for (var j = 0; j < End(i); j++)
                z[i, j] = c.Model switch
                {
                    LossModel.Scores => head.S[i, j] - T.Of(c.B[h][i, j]),
                    LossModel.Attention => head.P[i, j] - T.Of(c.B[h][i, j]),
                    LossModel.LogAttention => head.S[i, j] - T.Of(c.B[h][i, j]) - mean,
                    _ => head.S[i, j],
                };
        }

        return z;
    }

    private T[,] OutputResidual(Head[] heads)
    {
        var z = new T[c.N, c.D];
        for (var i = 0; i < c.N; i++)
            for (var a = 0; a < c.D; a++)
            {
                foreach (var head in heads)
                    for (var j = 0; j < End(i); j++) z[i, a] += head.P[i, j] * head.Values[j, a];
                z[i, a] -= T.Of(c.B[0][i, a]);
            }

        return z;
    }

    private T[,] MapSlope(Head head, int h, T[,] z)
    {
        var dS = new T[c.N, c.N];
        for (var i = 0; i < c.N; i++)
        {
            var (inner, mass) = (default(T), default(T));
            for (var j = 0; j < End(i); j++) (inner, mass) = (inner + head.P[i, j] * z[i, j], mass + T.Of(c.B[h][i, j]));
            for (var j = 0; j < End(i); j++)
                dS[i, j] = c.Model switch
                {
                    LossModel.Attention => head.P[i, j] * (z[i, j] - inner),
                    LossModel.CrossEntropy => mass * head.P[i, j] - T.Of(c.B[h][i, j]),
                    _ => z[i, j],
                };
        }

        return dS;
    }

    // dP = z Values and through the softmax to dS, one row at a time; and what reaches X through the values.
    private T[,] OutputSlope(Head head, int h, T[,] z, T[,] gradient)
    {
        var (dS, dValues) = (new T[c.N, c.N], new T[c.N, c.D]);
        for (var i = 0; i < c.N; i++)
        {
            var (dP, inner) = (new T[c.N], default(T));
            for (var j = 0; j < End(i); j++)
            {
                for (var a = 0; a < c.D; a++)
                {
                    dP[j] += z[i, a] * head.Values[j, a];
                    dValues[j, a] += head.P[i, j] * z[i, a];
                }

                inner += head.P[i, j] * dP[j];
            }

            for (var j = 0; j < End(i); j++) dS[i, j] = head.P[i, j] * (dP[j] - inner);
        }

        for (var j = 0; j < c.N; j++)
            for (var a = 0; a < c.D; a++)
                for (var b = 0; b < c.D; b++) gradient[b, j] += T.Of(c.V[h][b, a]) * dValues[j, a];
        return dS;
    }

    private Head At(T[,] x, int h)
    {
        var (queries, keys) = (Thin(c.WQ[h], x), Thin(c.WK[h], x));
        for (var a = 0; a < c.H; a++)
            for (var i = 0; i < c.N; i++) queries[a, i] += T.Of(c.Bias[h][a]);
        var s = new T[c.N, c.N];
        for (var i = 0; i < c.N; i++)
            for (var j = 0; j < End(i); j++)
                for (var a = 0; a < c.H; a++) s[i, j] += queries[a, i] * keys[a, j];
        var values = new T[c.N, c.D];
        for (var j = 0; j < c.N && c.Model == LossModel.Output; j++)
            for (var a = 0; a < c.D; a++)
                for (var b = 0; b < c.D; b++) values[j, a] += x[b, j] * T.Of(c.V[h][b, a]);
        return new Head(queries, keys, s, Softmax(s), values);
    }

    // wᵀx.
    private T[,] Thin(double[,] w, T[,] x)
    {
        var thin = new T[c.H, c.N];
        for (var a = 0; a < c.H; a++)
            for (var b = 0; b < c.D; b++)
                for (var i = 0; i < c.N; i++) thin[a, i] += T.Of(w[b, a]) * x[b, i];
        return thin;
    }

    private T[,] Softmax(T[,] s)
    {
        var p = new T[c.N, c.N];
        for (var i = 0; i < c.N; i++)
        {
            var (max, sum) = (double.NegativeInfinity, default(T));
            for (var j = 0; j < End(i); j++) max = Math.Max(max, s[i, j].Value);
            for (var j = 0; j < End(i); j++) sum += p[i, j] = T.Exp(s[i, j] - T.Exact(max));
            for (var j = 0; j < End(i); j++) p[i, j] /= sum;
        }

        return p;
    }

    private int End(int i) => c.Causal ? i + 1 : c.N;
}
