using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// ½χ² of everything observed, a sum of terms that are worked on side by side and added in one order, whatever the number of threads.
/// docs/identifiability.md (N4).
/// </summary>
internal sealed class ChiSquare
{
    private readonly Term[] _terms;
    private readonly PaddedMatrix<double>[] _parts;
    private readonly double[] _losses;
    private readonly SharedWork _move, _gradient, _product;
    private PaddedMatrix<double> _at;

    /// <param name="problem">Of scores or maps, with or without an output beside them.</param>
    /// <param name="x">States near the answer, for <see cref="Evidence"/>.</param>
    /// <param name="share">How much float32 arithmetic to allow for.</param>
    /// <param name="threads">All processors unless told.</param>
    public ChiSquare(Problem problem, Matrix x, double share, int? threads)
    {
        var evidence = problem.Layer.Heads.Map((index, _) => Evidence.Of(problem, index, x, share)).ToArray();
        Heads = [.. problem.Layer.Heads.Map((index, head) => new HeadTerm(problem.Layer, head, evidence[index]))];
        Outputs = [.. OutputEvidence.Of(problem, x, share)];
        _terms = [.. Heads, .. Outputs];
        _parts = [.. _terms.Select(_ => new PaddedMatrix<double>(problem.Dims.N, problem.Dims.D))];
        (_losses, _at) = (new double[_terms.Length], _parts[0]);
        _move = new SharedWork(t => _losses[t] = _terms[t].MoveTo(_at), threads);
        _gradient = new SharedWork(t => _terms[t].Gradient(_parts[t]), threads);
        _product = new SharedWork(t => _terms[t].Product(_at, _parts[t]), threads);
        OwnRounding = evidence.Sum(head => head.OwnRounding);
        Equations = evidence.Sum(head => head.Freedom) + Outputs.Sum(output => (long)problem.Dims.N * output.Value.Columns);
    }

    public HeadTerm[] Heads { get; }

    public OutputTerm[] Outputs { get; }

    /// <summary>Equations less the free constants of rows.</summary>
    public long Equations { get; }

    /// <summary>What rounding in the residuals adds to χ².</summary>
    public double OwnRounding { get; }

    /// <summary>Takes the point X, n×d; returns ½χ² there.</summary>
    public double MoveTo(PaddedMatrix<double> x)
    {
        _at = x;
        _move.Run(_terms.Length);
        return _losses.Sum();
    }

    /// <summary>JᵀWr, n×d.</summary>
    public void Gradient(PaddedMatrix<double> result)
    {
        _gradient.Run(_terms.Length);
        Add(result);
    }

    /// <summary>JᵀWJ v, n×d.</summary>
    public void Product(PaddedMatrix<double> direction, PaddedMatrix<double> result)
    {
        _at = direction;
        _product.Run(_terms.Length);
        Add(result);
    }

    /// <summary>F with FᵀF = the block of one token, about, rows × d.</summary>
    public Matrix Factor(int token)
    {
        var rows = _terms.SelectMany(term => term.Factor(token)).ToArray();
        return Matrix.Create(rows.Length, rows[0].Length, (i, a) => rows[i][a]);
    }

    private void Add(PaddedMatrix<double> result)
    {
        _parts[0].Padded.CopyTo(result.Padded);
        foreach (var part in _parts.Skip(1)) TensorPrimitives.Add(result.Padded, part.Padded, result.Padded);
    }
}
