using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The linear map whose null vector is sought: unknown T of all sides, row-major one after the other, and τ where there are biases, to
/// Π(R_jᵀ[T v_j] − τb) for every token: docs/subspace.md (S7). Its norm is at most one but for the share of τ.
/// </summary>
internal sealed class SubspaceSystem
{
    private readonly Option<Rotary> _rotary;

    public SubspaceSystem(SubspaceSides sides, StateElimination elimination, Option<Rotary> rotary)
    {
        (Sides, Elimination, _rotary) = (sides, elimination, rotary);
        Offsets = [.. sides.Sides.Scan(0, (sum, side) => sum + side.Width * side.Coordinates)];
        Firsts = [.. sides.Sides.Scan(0, (sum, side) => sum + side.Width)];
        var bias = Matrix.Own(Seen, 1, [.. sides.Sides.SelectMany(side => side.Bias)]);
        var length = bias.FrobeniusNorm() * Math.Sqrt(sides.Tokens.Count);
        Bias = length > 0 ? [.. ((1 / length) * bias).Values] : [];
        BiasLength = length;
    }

    public SubspaceSides Sides { get; }

    public StateElimination Elimination { get; }

    /// <summary>Where T of each side begins, and one more.</summary>
    public IReadOnlyList<int> Offsets { get; }

    /// <summary>Where each side begins among the numbers seen of a token, and one more.</summary>
    public IReadOnlyList<int> Firsts { get; }

    /// <summary>D, the numbers seen of a token.</summary>
    public int Seen => Firsts[^1];

    /// <summary>All biases, shortened so that the column of τ has length one at most; empty where there is none.</summary>
    public double[] Bias { get; }

    public double BiasLength { get; }

    public int Unknowns => Offsets[^1] + (Bias.Length > 0 ? 1 : 0);

    /// <summary>Turns the keys and queries of a token to its position, or back.</summary>
    public void Rotate(int token, Span<double> seen, bool back)
    {
        foreach (var rotary in _rotary)
            for (var a = 0; a < Sides.Sides.Count; a++)
                Rotation.Apply(rotary, back ? -Sides.Tokens[token] : Sides.Tokens[token], seen[Firsts[a]..Firsts[a + 1]]);
    }

    /// <summary>R_jᵀ[T v_j] − τb for every token, D × tokens: keys and queries before positions and biases.</summary>
    public Matrix Projections(double[] t)
    {
        var (count, y) = (Sides.Tokens.Count, new double[Seen]);
        var all = new double[Seen * count];
        for (var j = 0; j < count; j++)
        {
            for (var a = 0; a < Sides.Sides.Count; a++)
                for (var (p, m) = (0, Sides.Sides[a].Coordinates); p < Sides.Sides[a].Width; p++)
                    y[Firsts[a] + p] = TensorPrimitives.Dot(t.AsSpan(Offsets[a] + p * m, m), Sides.Sides[a].Space.Row(j));
            Rotate(j, y, back: true);
            if (Bias.Length > 0) TensorPrimitives.MultiplyAdd(Bias, -t[^1], y, y);
            for (var p = 0; p < Seen; p++) all[p * count + j] = y[p];
        }

        return Matrix.Own(Seen, count, all);
    }

    /// <summary>What no states explain, D × tokens.</summary>
    public Matrix Apply(double[] t)
    {
        var (y, range) = (Projections(t), Elimination.Range);
        return y - range * (range.Transpose() * y);
    }
}
