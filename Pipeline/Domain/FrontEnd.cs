namespace Unmask.Pipeline;

/// <summary>
/// An affine map in front of layer 0: X = A F + X₀, with <paramref name="Projection"/> A (d×f) of features F (f×n), patches or frames, and
/// <paramref name="Offset"/> X₀ (d×n), its bias and the positions. Columns that no feature feeds (a class token) are <see cref="Problem.Known"/>.
/// </summary>
public sealed record FrontEnd(Matrix Projection, Matrix Offset);
