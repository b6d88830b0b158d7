namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The keys of some heads, or the queries of one: known weights (d×r) and bias, and the space that its rows lie in over the tokens, as an
/// orthonormal basis (tokens × m): key or query of token j is T v_j for an unknown T (r×m). docs/subspace.md (S5).
/// </summary>
internal sealed record SubspaceSide(Matrix Weights, double[] Bias, Matrix Space)
{
    public int Width => Weights.Columns;

    public int Coordinates => Space.Columns;
}
