using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The two vectors that AᵀA sends nearest to zero, for systems whose matrix is too large to be written: steps of conjugate gradients on the Rayleigh
/// quotient of both at once. docs/subspace.md (S16).
/// </summary>
internal sealed class NullVectorDescent
{
    private const int MostSteps = 5000;
    private const int Refresh = 16;

    // What is left of the gradient, over the curvature of the rest, is the error of the vector.
    private const double Enough = 1e-14;

    // Below this, a gradient that is no longer halved is rounding; the slower it fell so far, the longer that takes to tell.
    private const double NearRounding = 1e-11;
    private const int Patience = 20;
    private const double OfTheSteps = 0.05;

    // A vector that loses so much of its length to the others has lost as much of the digits of its image.
    private const double Short = 1e-2;
    private const double Dependent = 1e-12;

    private readonly SubspaceOperator _squared;

    private NullVectorDescent(SubspaceOperator squared) => _squared = squared;

    /// <summary>The vectors of length one, the lower one first.</summary>
    public static (double[] First, double[] Second) Run(SubspaceSystem system, double[] first, double[] second, SolverOptions options) =>
        new NullVectorDescent(new SubspaceOperator(system, options.Threads.ToNullable())).Run(first, second, options);

    private (double[] First, double[] Second) Run(double[] first, double[] second, SolverOptions options)
    {
        var basis = new List<Pair>();
        Join(basis, first, null);
        Join(basis, second, null);
        var (best, since) = (double.MaxValue, 0);
        var (x, p, values) = Lowest(basis);
        for (var k = 0; k < MostSteps; k++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            if (k % Refresh == 0) x = [.. x.Select(one => one with { Image = _squared.Times(one.T) })];
            double[][] gradients = [.. x.Select((one, i) => Sum(one.Image, -values[i], one.T))];
            var left = TensorPrimitives.Norm<double>(gradients[0]);
            options.Progress(new SolverProgress(Subspace.Name, k + 1, MostSteps, left));
            (best, since) = left < best / 2 ? (left, k) : (best, since);
            if (left <= Enough * values[1] || (left <= NearRounding && k - since > Patience + OfTheSteps * k)) break;
            basis = [.. x];
            foreach (var one in p) Join(basis, one.T, one.Image);
            foreach (var gradient in gradients) Join(basis, gradient, null);
            (x, p, values) = Lowest(basis);
        }

        return (x[0].T, x[1].T);
    }

    // The two lowest of the plane that the basis spans, and the step that led to them from the first two of the basis.
    private static (Pair[] X, Pair[] Step, double[] Values) Lowest(List<Pair> basis)
    {
        var gram = Matrix<double>.Build.Dense(basis.Count, basis.Count, (i, j) => TensorPrimitives.Dot<double>(basis[i].T, basis[j].Image));
        var found = (0.5 * (gram + gram.Transpose())).Evd(Symmetricity.Symmetric);
        Pair[] Combined(int from) => [.. Enumerable.Range(0, 2).Select(k => Combine(basis, [.. found.EigenVectors.Column(k)], from))];
        return (Combined(0), basis.Count > 2 ? Combined(2) : [], [found.EigenValues[0].Real, found.EigenValues[1].Real]);
    }

    private static Pair Combine(List<Pair> basis, double[] coefficients, int from)
    {
        var sum = new Pair(new double[basis[0].T.Length], new double[basis[0].T.Length]);
        for (var k = from; k < basis.Count; k++)
        {
            TensorPrimitives.MultiplyAdd(basis[k].T, coefficients[k], sum.T, sum.T);
            TensorPrimitives.MultiplyAdd(basis[k].Image, coefficients[k], sum.Image, sum.Image);
        }

        return sum;
    }

    // What of a vector is at right angles to the basis joins it at length one, unless nothing is.
    private void Join(List<Pair> basis, double[] vector, double[]? image)
    {
        var before = TensorPrimitives.Norm<double>(vector);
        if (before == 0) return;
        var (t, follows) = (Sum(vector, 0, vector), image?.ToArray());
        for (var twice = 0; twice < 2; twice++)
            foreach (var other in basis)
            {
                var share = TensorPrimitives.Dot<double>(other.T, t);
                TensorPrimitives.MultiplyAdd(other.T, -share, t, t);
                if (follows is not null) TensorPrimitives.MultiplyAdd(other.Image, -share, follows, follows);
            }

        var after = TensorPrimitives.Norm<double>(t);
        if (after <= Dependent * before) return;
        TensorPrimitives.Divide(t, after, t);
        if (follows is null || after <= Short * before) follows = _squared.Times(t);
        else TensorPrimitives.Divide(follows, after, follows);
        basis.Add(new Pair(t, follows));
    }

    private static double[] Sum(double[] a, double factor, double[] b)
    {
        var sum = new double[a.Length];
        TensorPrimitives.MultiplyAdd(b, factor, a, sum);
        return sum;
    }

    // A vector and what AᵀA makes of it.
    private sealed record Pair(double[] T, double[] Image);
}
