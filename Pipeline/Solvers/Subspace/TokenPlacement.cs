using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// States of the other tokens, one at a time, by linear least squares against those that are placed: as a key it is seen by the queries of others, as a
/// query it sees their keys. docs/subspace.md (S12).
/// </summary>
internal sealed class TokenPlacement
{
    // The first finds keys before the known tokens and queries after them, the second has all that for whole states, the third puts them right together.
    private const int Sweeps = 3;

    private const int RefiningSweeps = 6;

    private readonly AttentionLayer _layer;
    private readonly Seq<WeightedBlock> _maps;
    private readonly Matrix[] _states;
    private readonly double[]?[][] _queries;
    private readonly double[]?[][] _keys;
    private readonly double[][] _errors;
    private readonly double[][] _weights;
    private readonly int _n;

    private TokenPlacement(AttentionLayer layer, Seq<WeightedBlock> maps, int n)
    {
        (_layer, _maps, _n) = (layer, maps, n);
        _states = new Matrix[n];
        double[][] PerHead() => [.. layer.Heads.Map(_ => new double[n])];
        double[]?[][] Vectors() => [.. layer.Heads.Map(_ => new double[]?[n])];
        (_queries, _keys, _errors, _weights) = (Vectors(), Vectors(), PerHead(), PerHead());
    }

    /// <summary>All states, from those at the given tokens (ascending), which stay as they are.</summary>
    /// <param name="known">d × tokens.</param>
    public static Matrix Complete(AttentionLayer layer, Seq<WeightedBlock> maps, int n, IReadOnlyList<int> tokens, Matrix known, SolverOptions options)
    {
        var placement = new TokenPlacement(layer, maps, n);
        for (var k = 0; k < tokens.Count; k++) placement.Place(tokens[k], Matrix.Create(layer.D, 1, (c, _) => known[c, k]), asQuery: true, asKey: true);
        var others = Enumerable.Range(0, n).Except(tokens).ToArray();
        var size = known.FrobeniusNorm() / Math.Sqrt(known.Values.Length);
        // Seen as a key only, a token has no queries that anything could be made of yet, and the other way round.
        for (var sweep = 0; sweep < Sweeps; sweep++)
            placement.Sweep(others, size, options, asQuery: token => sweep > 0 || token > tokens[0], asKey: token => sweep > 0 || token < tokens[^1]);
        return placement.States();
    }

    /// <summary>
    /// All states once more, each against all others, a few times over: it brings down what the spaces lost where they are badly conditioned.
    /// </summary>
    public static Matrix Refine(AttentionLayer layer, Seq<WeightedBlock> maps, Matrix x, SolverOptions options)
    {
        var placement = new TokenPlacement(layer, maps, x.Columns);
        var all = Enumerable.Range(0, x.Columns).ToArray();
        foreach (var token in all) placement.Place(token, Matrix.Create(layer.D, 1, (c, _) => x[c, token]), asQuery: true, asKey: true);
        for (var sweep = 0; sweep < RefiningSweeps; sweep++)
            placement.Sweep(all, x.FrobeniusNorm() / Math.Sqrt(x.Values.Length), options, _ => true, _ => true);
        return placement.States();
    }

    private Matrix States() => Matrix.Create(_layer.D, _n, (c, t) => _states[t][c, 0]);

    private void Sweep(int[] tokens, double size, SolverOptions options, Func<int, bool> asQuery, Func<int, bool> asKey)
    {
        foreach (var token in tokens)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            Place(token, Matrix.Own(_layer.D, 1, Equations(token).Solve(size)), asQuery(token), asKey(token));
        }
    }

    private void Place(int token, Matrix state, bool asQuery, bool asKey)
    {
        _states[token] = state;
        for (var h = 0; h < _layer.Heads.Count; h++)
        {
            Count(h, token, -1);
            if (asQuery) _queries[h][token] = Turned(Sum(_layer.Heads[h].Query, _layer.Heads[h].QueryBias, state), token);
            if (asKey) _keys[h][token] = Turned(Sum(_layer.Heads[h].Key, _layer.Heads[h].KeyBias, state), token);
            Count(h, token, 1);
        }
    }

    // Adds what a token contributes to Σ w²(G − S) and Σ w² of every row, or takes it off: the constant of a row is their ratio.
    private void Count(int h, int token, int sign)
    {
        for (var k = 0; k < _n; k++)
        {
            Add(k, token);
            if (k != token) Add(token, k);
        }

        void Add(int i, int j)
        {
            var w = Squared(h, i, j);
            if (w == 0 || _queries[h][i] is null || _keys[h][j] is null) return;
            _errors[h][i] += sign * w * Error(h, i, j);
            _weights[h][i] += sign * w;
        }
    }

    private TokenEquations Equations(int token)
    {
        var equations = new TokenEquations(_layer.D);
        for (var h = 0; h < _layer.Heads.Count; h++)
        {
            var head = _layer.Heads[h];
            var (query, key) = (TurnedRows(head.Query, token), TurnedRows(head.Key, token));
            var (queryBias, keyBias) = (Turned(BiasOf(head.QueryBias, head), token), Turned(BiasOf(head.KeyBias, head), token));
            var (rows, mean, weight) = AsQuery(h, token, queryBias);
            equations.Add(rows, query);
            equations.Add(AsKey(h, token, keyBias), key);
            if (Squared(h, token, token) is > 0 and var w && weight > 0 && (_queries[h][token] ?? _keys[h][token]) is not null)
                equations.Add(Itself(h, token, mean, queryBias, keyBias, query, key), 1 / Math.Sqrt(1 / w + 1 / weight));
        }

        return equations;
    }

    // Its own row but for the diagonal, centred: w(s(k_j − k̄)·z) = w(G_j − Ḡ).
    private (List<double[]> Rows, double[] Mean, double Weight) AsQuery(int h, int token, double[] bias)
    {
        var (rows, weights) = (new List<double[]>(), new List<double>());
        for (var j = 0; j < _n; j++)
            if (j != token && _keys[h][j] is { } key && Squared(h, token, j) is > 0 and var w)
            {
                rows.Add(Row(key, _maps[h].Values[token, j], bias));
                weights.Add(w);
            }

        var (mean, sum) = (new double[_layer.Heads[h].Dimension + 1], weights.Sum());
        for (var k = 0; k < rows.Count; k++) TensorPrimitives.MultiplyAdd(rows[k], weights[k] / sum, mean, mean);
        for (var k = 0; k < rows.Count; k++)
        {
            TensorPrimitives.Subtract(rows[k], mean, rows[k]);
            TensorPrimitives.Multiply(rows[k], Math.Sqrt(weights[k]), rows[k]);
        }

        return (rows, mean, sum);
    }

    // The diagonal against the mean of the rest of its row: s q·k ≈ s(q₀·k + q·k₀ − q₀·k₀). What is not placed yet counts as 0, and the other as known.
    private double[] Itself(int h, int token, double[] mean, double[] queryBias, double[] keyBias, Matrix query, Matrix key)
    {
        var (q, k) = (_queries[h][token] ?? new double[queryBias.Length], _keys[h][token] ?? new double[keyBias.Length]);
        var (s, r) = (_layer.Scale, queryBias.Length);
        var (asQuery, asKey) = (Row(k, 0, queryBias), Row(q, 0, keyBias));
        TensorPrimitives.Subtract(asQuery, mean, asQuery);
        var row = new double[_layer.D + 1];
        var coefficients = row.AsSpan(0, _layer.D);
        for (var p = 0; p < r; p++)
        {
            TensorPrimitives.MultiplyAdd(query.Row(p), asQuery[p], coefficients, coefficients);
            TensorPrimitives.MultiplyAdd(key.Row(p), asKey[p], coefficients, coefficients);
        }

        row[^1] = _maps[h].Values[token, token] + asQuery[r] + asKey[r] + s * TensorPrimitives.Dot<double>(q, k);
        return row;
    }

    // Its column: s q_i·z = G_it − r_i, with r_i from the rest of row i and as uncertain as that is.
    private List<double[]> AsKey(int h, int token, double[] bias)
    {
        var rows = new List<double[]>();
        for (var i = 0; i < _n; i++)
        {
            var w = Squared(h, i, token);
            if (i == token || w == 0 || _queries[h][i] is not { } query) continue;
            var own = _keys[h][token] is null ? 0 : w;
            var rest = _weights[h][i] - own;
            if (!(rest > 1e-12 * _weights[h][i])) continue;
            var offset = (_errors[h][i] - (own > 0 ? own * Error(h, i, token) : 0)) / rest;
            var row = Row(query, _maps[h].Values[i, token] - offset, bias);
            TensorPrimitives.Multiply(row, 1 / Math.Sqrt(1 / w + 1 / rest), row);
            rows.Add(row);
        }

        return rows;
    }

    // s f·(z + b) = g as (s f, g − s f·b).
    private double[] Row(double[] factor, double g, double[] bias)
    {
        var row = new double[factor.Length + 1];
        TensorPrimitives.Multiply(factor, _layer.Scale, row);
        row[^1] = g - _layer.Scale * TensorPrimitives.Dot<double>(factor, bias);
        return row;
    }

    private double Squared(int h, int i, int j) => _maps[h].Weights[i, j] * _maps[h].Weights[i, j];

    private double Error(int h, int i, int j) =>
        _maps[h].Values[i, j] - _layer.Scale * TensorPrimitives.Dot<double>(_queries[h][i], _keys[h][j]);

    private static double[] BiasOf(Option<Seq<double>> bias, Head head) =>
        bias.Match(Some: known => known.ToArray(), None: () => new double[head.Dimension]);

    private static double[] Sum(Matrix weights, Option<Seq<double>> bias, Matrix state)
    {
        var seen = (weights.Transpose() * state).Values.ToArray();
        foreach (var b in bias)
            for (var c = 0; c < seen.Length; c++) seen[c] += b[c];
        return seen;
    }

    private double[] Turned(double[] vector, int token)
    {
        foreach (var rotary in _layer.Rotary) Rotation.Apply(rotary, token, vector);
        return vector;
    }

    // R_t Wᵀ, r×d: its columns are the rows of W, turned.
    private Matrix TurnedRows(Matrix weights, int token)
    {
        if (_layer.Rotary.IsNone) return weights.Transpose();
        var turned = new double[weights.Rows][];
        for (var c = 0; c < weights.Rows; c++) turned[c] = Turned(weights.Row(c).ToArray(), token);
        return Matrix.Create(weights.Columns, weights.Rows, (p, c) => turned[c][p]);
    }
}
