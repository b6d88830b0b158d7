namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The keys of some heads, or the queries of one: known weights (d×r) and bias, and the space that its rows lie in over the tokens, as an
/// orthonormal basis (tokens × m): key or query of token j is T v_j for an unknown T (r×m). docs/subspace.md (S5).
/// </summary>
/// <param name="Mean">Where the space is that of the rows less their mean, T times this (m×1) is that mean; none for keys, whose mean is not seen.</param>
internal sealed record SubspaceSide(Matrix Weights, double[] Bias, Matrix Space, Matrix? Mean = null)
{
    public int Width => Weights.Columns;

    public int Coordinates => Space.Columns;
}
