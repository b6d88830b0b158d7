namespace Unmask.Pipeline.Solvers;

/// <summary>
/// All weights of all sides, W (d×D): given keys and queries y of a token, its state is x = (WWᵀ)⁻¹Wy, and what no state explains is Πy with
/// Π = I − Wᵀ(WWᵀ)⁻¹W. docs/subspace.md (S7).
/// </summary>
internal sealed class StateElimination
{
    // Weights whose pivots fall below this leave no digit of a direction of X.
    private const double Singular = 1e-12;

    private readonly HouseholderQr _factor;

    private StateElimination(HouseholderQr factor, Matrix range) => (_factor, Range) = (factor, range);

    /// <summary>An orthonormal basis of what states give, D×d.</summary>
    public Matrix Range { get; }

    public static Fin<StateElimination> Of(SubspaceSides sides, int d)
    {
        var all = UnbiasedLayer.Stack(sides.Sides.Select(side => side.Weights));
        var pivoted = HouseholderQr.Of(all, d, pivoted: true);
        if (!(pivoted.Pivot(d - 1) > Singular * pivoted.Pivot(0))) return Faults.SubspaceBlind(d);
        var factor = HouseholderQr.Of(all);
        return new StateElimination(factor, factor.Q());
    }

    /// <summary>Π, D×D.</summary>
    public Matrix Projector() => Matrix.Identity(Range.Rows) - Range * Range.Transpose();

    /// <summary>
    /// The states that a null vector stands for, d × tokens. Where spaces are those of rows less their mean, so are these states, and the mean follows
    /// from that of the queries, in directions that they see by more than the least.
    /// </summary>
    public Matrix States(SubspaceSystem system, double[] t, double least)
    {
        var states = _factor.Solve(system.Projections(t));
        var seen = system.Sides.Sides.Select((side, a) => (side, a)).Where(one => one.side.Mean is not null).ToArray();
        if (seen.Length == 0) return states;
        var means = seen.SelectMany(one =>
            (Matrix.Of(one.side.Width, one.side.Coordinates, t.AsSpan(system.Offsets[one.a]..system.Offsets[one.a + 1])) * one.side.Mean!).Values.ToArray());
        var weights = UnbiasedLayer.Stack(seen.Select(one => one.side.Weights));
        return states.AddToColumns(UnbiasedLayer.LeastNorm(weights, Matrix.Own(weights.Rows, 1, [.. means]), least));
    }
}
