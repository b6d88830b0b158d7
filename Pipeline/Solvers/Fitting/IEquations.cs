namespace Unmask.Pipeline.Solvers;

/// <summary>Something observed of X, each number with the weight 1/σ of its rounding.</summary>
internal interface IEquations
{
    /// <summary>How many numbers.</summary>
    long Count { get; }

    /// <summary>The weighted sum of squares that this X leaves.</summary>
    double Loss(Matrix x);

    /// <summary>Adds JᵀJ and Jᵀr at this X.</summary>
    void AddTo(NormalEquations normal, Matrix x);
}
