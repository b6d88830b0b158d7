using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The tokens that have a state so far: their queries and keys (turned to their positions, biases and all), by head, and what they leave of every row.
/// </summary>
internal sealed class PlacedTokens
{
    private readonly Matrix[] _states;
    private readonly double[]?[][] _queries;
    private readonly double[]?[][] _keys;
    private readonly double[][] _errors;
    private readonly double[][] _weights;

    public PlacedTokens(AttentionLayer layer, Seq<WeightedBlock> maps, int n)
    {
        (Layer, Maps, Count) = (layer, maps, n);
        _states = new Matrix[n];
        double[][] PerHead() => [.. layer.Heads.Map(_ => new double[n])];
        double[]?[][] Vectors() => [.. layer.Heads.Map(_ => new double[]?[n])];
        (_queries, _keys, _errors, _weights) = (Vectors(), Vectors(), PerHead(), PerHead());
    }

    /// <summary>Every token in its place, X d×n.</summary>
    public static PlacedTokens All(AttentionLayer layer, Seq<WeightedBlock> maps, Matrix x)
    {
        var placed = new PlacedTokens(layer, maps, x.Columns);
        for (var t = 0; t < x.Columns; t++) placed.Place(t, Matrix.Create(x.Rows, 1, (c, _) => x[c, t]), asQuery: true, asKey: true);
        return placed;
    }

    public AttentionLayer Layer { get; }

    public Seq<WeightedBlock> Maps { get; }

    /// <summary>n, placed or not.</summary>
    public int Count { get; }

    /// <summary>All states, d×n, once every token is placed.</summary>
    public Matrix States() => Matrix.Create(Layer.D, Count, (c, t) => _states[t][c, 0]);

    public Matrix State(int token) => _states[token];

    public double[]? Query(int h, int token) => _queries[h][token];

    public double[]? Key(int h, int token) => _keys[h][token];

    /// <summary>w² of an entry.</summary>
    public double Squared(int h, int i, int j) => Maps[h].Weights[i, j] * Maps[h].Weights[i, j];

    /// <summary>s q_i·k_j + r_i as the equations of row i have r_i: the logarithm of p that the states make. Both are placed.</summary>
    public double LogOf(int h, int i, int j) =>
        Layer.Scale * TensorPrimitives.Dot<double>(_queries[h][i], _keys[h][j]) + (_weights[h][i] > 0 ? _errors[h][i] / _weights[h][i] : 0);

    /// <summary>
    /// The constant of a row of head h, as the rest of the row has it without one column, and Σ w² of that rest.
    /// </summary>
    public (double Constant, double Weight) RowWithout(int h, int i, int column)
    {
        var own = _queries[h][i] is null || _keys[h][column] is null ? 0 : Squared(h, i, column);
        var rest = _weights[h][i] - own;
        return rest > 1e-12 * _weights[h][i] ? ((_errors[h][i] - (own > 0 ? own * Error(h, i, column) : 0)) / rest, rest) : (0, 0);
    }

    /// <summary>Gives a token its state (d×1), to be seen as a query, as a key or as both.</summary>
    public void Place(int token, Matrix state, bool asQuery, bool asKey)
    {
        _states[token] = state;
        for (var h = 0; h < Layer.Heads.Count; h++)
        {
            Tally(h, token, -1);
            if (asQuery) _queries[h][token] = Turned(Sum(Layer.Heads[h].Query, Layer.Heads[h].QueryBias, state), token);
            if (asKey) _keys[h][token] = Turned(Sum(Layer.Heads[h].Key, Layer.Heads[h].KeyBias, state), token);
            Tally(h, token, 1);
        }
    }

    // Adds what a token contributes to Σ w²(G − S) and Σ w² of every row, or takes it off: the constant of a row is their ratio.
    private void Tally(int h, int token, int sign)
    {
        for (var k = 0; k < Count; k++)
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

    private double Error(int h, int i, int j) =>
        Maps[h].Values[i, j] - Layer.Scale * TensorPrimitives.Dot<double>(_queries[h][i], _keys[h][j]);

    private static double[] Sum(Matrix weights, Option<Seq<double>> bias, Matrix state)
    {
        var seen = (weights.Transpose() * state).Values.ToArray();
        foreach (var b in bias)
            for (var c = 0; c < seen.Length; c++) seen[c] += b[c];
        return seen;
    }

    /// <summary>Turns a query or key to its position, in place.</summary>
    public double[] Turned(double[] vector, int token)
    {
        foreach (var rotary in Layer.Rotary) Rotation.Apply(rotary, token, vector);
        return vector;
    }
}
