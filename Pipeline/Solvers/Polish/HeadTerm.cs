using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// One head: r_ij = S_ij − c_i − t_ij with c_i profiled out by the weights, so that JᵀWJ has the weighted centring of each row in it.
/// docs/identifiability.md (N3)–(N5). Buffers are made once.
/// </summary>
internal sealed class HeadTerm : Term
{
    private readonly AttentionLayer _layer;
    private readonly Evidence _evidence;
    private readonly Option<Seq<double>> _queryBias;
    private readonly Option<Seq<double>> _keyBias;
    private readonly PaddedMatrix<double> _wq, _wk, _wqTransposed, _wkTransposed;
    private readonly PaddedMatrix<double> _keysTransposed, _dq, _dk, _dkTransposed, _residual, _image;
    private readonly MatrixProduct<double> _product = MatrixProducts.CreateDouble(threads: 1);

    public HeadTerm(AttentionLayer layer, Head head, Evidence evidence)
    {
        var (d, width, n) = (layer.D, head.Dimension, evidence.Target.Rows);
        (_layer, Head, _evidence) = (layer, head, evidence);
        (_queryBias, _keyBias) = (head.QueryBias.Map(bias => bias.Map(b => layer.Scale * b).Strict()), head.KeyBias);
        (_wq, _wk, _wqTransposed, _wkTransposed) = (new(d, width), new(d, width), new(width, d), new(width, d));
        _wq.Set((layer.Scale * head.Query).Values);
        _wk.Set(head.Key.Values);
        _wqTransposed.SetTransposed(_wq);
        _wkTransposed.SetTransposed(_wk);
        (Queries, Keys, _keysTransposed) = (new(n, width), new(n, width), new(width, n));
        (_dq, _dk, _dkTransposed) = (new(n, width), new(n, width), new(width, n));
        (Weight, _residual, _image) = (new(n, n), new(n, n), new(n, n));
        RowWeight = new double[n];
    }

    public Head Head { get; }

    public bool Centred => _evidence.Centred;

    /// <summary>Row i is s·q_i, n×d_h.</summary>
    public PaddedMatrix<double> Queries { get; }

    /// <summary>Row j is k_j, n×d_h.</summary>
    public PaddedMatrix<double> Keys { get; }

    /// <summary>w_ij at X, n×n: that of the equations, and of the inequalities that do not hold.</summary>
    public PaddedMatrix<double> Weight { get; }

    /// <summary>Σ_j w_ij.</summary>
    public double[] RowWeight { get; }

    public override double MoveTo(PaddedMatrix<double> x)
    {
        Project(x, _wq, _queryBias, Queries);
        Project(x, _wk, _keyBias, Keys);
        _keysTransposed.SetTransposed(Keys);
        _product.Multiply(Queries, _keysTransposed, _residual);
        TensorPrimitives.Subtract(_residual.Padded, _evidence.Target.Padded, _residual.Padded);
        _evidence.Weight.Padded.CopyTo(Weight.Padded);
        Enforce();
        var chiSquare = 0.0;
        for (var i = 0; i < RowWeight.Length; i++)
        {
            RowWeight[i] = TensorPrimitives.Sum<double>(Weight.Row(i));
            chiSquare += Weigh(i, _residual.Row(i));
        }

        return 0.5 * chiSquare;
    }

    public override void Gradient(PaddedMatrix<double> result) => Pull(_residual, result);

    public override void Product(PaddedMatrix<double> direction, PaddedMatrix<double> result)
    {
        Project(direction, _wq, None, _dq);
        Project(direction, _wk, None, _dk);
        _dkTransposed.SetTransposed(_dk);
        _product.Multiply(_dq, _keysTransposed, _image);
        _product.Add(Queries, _dkTransposed, _image);
        for (var i = 0; i < RowWeight.Length; i++) Weigh(i, _image.Row(i));
        Pull(_image, result);
    }

    public override IEnumerable<double[]> Factor(int token) => HeadFactor.Of(this, Derivative(token), token);

    /// <summary>A_i and B_i of one token, d×d_h each.</summary>
    public (Matrix AtQuery, Matrix AtKey) Derivative(int token)
    {
        var derivative = new ScoreDerivative(_layer, Head, Matrix.Identity(1), Matrix.Identity(1));
        return (derivative.AtQuery(token), derivative.AtKey(token));
    }

    /// <summary>k̄_i = Σ_j w_ij k_j / w_i, length d_h; zero where rows have no constant.</summary>
    public double[] MeanKey(int i)
    {
        var mean = new double[Keys.Columns];
        if (!Centred || !(RowWeight[i] > 0)) return mean;
        for (var j = 0; j < RowWeight.Length; j++) TensorPrimitives.MultiplyAdd(Keys.Row(j), Weight.Row(i)[j] / RowWeight[i], mean, mean);
        return mean;
    }

    // r ← W(r − c1) in place, c the weighted mean; returns Σ w (r − c)².
    private double Weigh(int i, Span<double> row)
    {
        var weight = Weight.Row(i);
        var constant = Centred && RowWeight[i] > 0 ? TensorPrimitives.Dot<double>(weight, row) / RowWeight[i] : 0;
        var square = 0.0;
        for (var j = 0; j < row.Length; j++)
        {
            var rest = row[j] - constant;
            row[j] = weight[j] * rest;
            square += row[j] * rest;
        }

        return square;
    }

    // A stored zero that the row's other entries contradict becomes an equation for as long as they do.
    private void Enforce()
    {
        foreach (var (i, j) in _evidence.Zeros)
        {
            Span<double> weight = _evidence.Weight.Row(i), residual = _residual.Row(i);
            var total = TensorPrimitives.Sum<double>(weight);
            if (!(total > 0)) continue;
            var excess = residual[j] - TensorPrimitives.Dot<double>(weight, residual) / total - _evidence.ZeroTarget[i];
            if (excess <= 0) continue;
            residual[j] -= _evidence.ZeroTarget[i];
            Weight.Row(i)[j] = _evidence.ZeroWeight[i];
        }
    }

    private void Pull(PaddedMatrix<double> image, PaddedMatrix<double> result)
    {
        _product.Multiply(image, Keys, _dq);
        _product.MultiplyTransposed(image, Queries, _dk);
        Turn(_dq, back: true);
        Turn(_dk, back: true);
        _product.Multiply(_dq, _wqTransposed, result);
        _product.Add(_dk, _wkTransposed, result);
    }

    private void Project(PaddedMatrix<double> x, PaddedMatrix<double> weights, Option<Seq<double>> bias, PaddedMatrix<double> target)
    {
        _product.Multiply(x, weights, target);
        foreach (var b in bias)
            for (var i = 0; i < target.Rows; i++)
                for (var c = 0; c < target.Columns; c++) target.Row(i)[c] += b[c];
        Turn(target, back: false);
    }

    private void Turn(PaddedMatrix<double> rows, bool back)
    {
        foreach (var rotary in _layer.Rotary)
            for (var i = 0; i < rows.Rows; i++) Rotation.Apply(rotary, back ? -i : i, rows.Row(i));
    }
}
