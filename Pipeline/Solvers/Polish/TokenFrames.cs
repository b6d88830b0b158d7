using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Coordinates for small moves of X, dx_i = T_i y_i with T_i (d×r_i): those in which the block of JᵀWJ of every token is the identity, about.
/// That takes the conditioning of weights and states out. What no equation of a token moves with is left out, and known tokens have no coordinate
/// at all. docs/identifiability.md (N8).
/// </summary>
internal sealed class TokenFrames
{
    private readonly Matrix[] _axes;

    private TokenFrames(Matrix[] axes)
    {
        _axes = axes;
        Offsets = new int[axes.Length + 1];
        for (var i = 0; i < axes.Length; i++) Offsets[i + 1] = Offsets[i] + axes[i].Rows;
    }

    /// <summary>Where the coordinates of a token begin; one more at the end.</summary>
    public int[] Offsets { get; }

    public int Count => Offsets[^1];

    /// <summary>T_iᵀ, r_i×d.</summary>
    public Matrix Axes(int token) => _axes[token];

    /// <summary>Frames at the point where χ² stands.</summary>
    /// <param name="chiSquare">Of the problem.</param>
    /// <param name="d">Of X.</param>
    /// <param name="tokens">n.</param>
    /// <param name="known">Tokens that do not move.</param>
    /// <param name="span">The columns that moves are made of, d×f, where X has a front end.</param>
    /// <param name="prior">ρ: the block is that of JᵀWJ + ρI.</param>
    /// <param name="least">Singular values of F_i below this share of the largest count as none.</param>
    /// <param name="threads">All processors unless told.</param>
    public static TokenFrames At(ChiSquare chiSquare, int d, int tokens, Func<int, bool> known, Option<Matrix> span, double prior, double least, int? threads)
    {
        var axes = new Matrix[tokens];
        new SharedWork(i => axes[i] = known(i) ? Matrix.Own(0, d, []) : Whitened(chiSquare.Factor(i), span, prior, least), threads).Run(tokens);
        return new TokenFrames(axes);
    }

    /// <summary>1/τ², τ the root mean square of X: what is known of a direction before anything is observed; 0, nothing, where X is zero.</summary>
    public static double Prior(Matrix x)
    {
        var prior = x.Values.Length / Math.Pow(x.FrobeniusNorm(), 2);
        return double.IsFinite(prior) ? prior : 0;
    }

    /// <summary>dx = T y, n×d.</summary>
    public void Expand(ReadOnlySpan<double> y, PaddedMatrix<double> dx)
    {
        for (var i = 0; i < _axes.Length; i++)
        {
            var row = dx.Row(i);
            row.Clear();
            for (var a = 0; a < _axes[i].Rows; a++) TensorPrimitives.MultiplyAdd(_axes[i].Row(a), y[Offsets[i] + a], row, row);
        }
    }

    /// <summary>y = Tᵀ g of a gradient, n×d.</summary>
    public void Compress(PaddedMatrix<double> g, Span<double> y)
    {
        for (var i = 0; i < _axes.Length; i++)
            for (var a = 0; a < _axes[i].Rows; a++) y[Offsets[i] + a] = TensorPrimitives.Dot(_axes[i].Row(a), g.Row(i));
    }

    // F = U S Vᵀ gives T = V (S² + ρ)^(-1/2); F A = U S Vᵀ gives T = A V S⁻¹, A having few columns.
    private static Matrix Whitened(Matrix factor, Option<Matrix> span, double prior, double least) => span.Match(
        Some: a => Whitened(factor * a, 0, least) * a.Transpose(),
        None: () => Whitened(factor, prior, least));

    private static Matrix Whitened(Matrix factor, double prior, double least)
    {
        var small = factor.Rows > factor.Columns ? HouseholderQr.Of(factor).R() : factor;
        var svd = small.ToMathNet().Svd();
        var rank = svd.S.Count(value => value > least * svd.S[0]);
        return Matrix.Create(rank, factor.Columns, (a, c) => svd.VT[a, c] / Math.Sqrt(svd.S[a] * svd.S[a] + prior));
    }
}
