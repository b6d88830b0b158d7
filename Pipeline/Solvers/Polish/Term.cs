using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// A part of ½χ²(X) = ½ rᵀWr: its value at X, and the products that need no matrix of its derivative J. States and directions are n×d, a token a
/// row. A term has memory of its own, so that terms are worked on side by side.
/// </summary>
internal abstract class Term
{
    /// <summary>Takes the residual at X; returns ½χ².</summary>
    public abstract double MoveTo(PaddedMatrix<double> x);

    /// <summary>JᵀWr at X, n×d.</summary>
    public abstract void Gradient(PaddedMatrix<double> result);

    /// <summary>JᵀWJ v at X, n×d.</summary>
    public abstract void Product(PaddedMatrix<double> direction, PaddedMatrix<double> result);

    /// <summary>Rows F_i, as many as it takes, of which F_iᵀF_i is this term's share of the block of token i; d columns each.</summary>
    public abstract IEnumerable<double[]> Factor(int token);
}
