namespace Unmask.Pipeline.Verdicts;

/// <summary>The numerical verdict at an answer: how many directions of X the observation leaves free, how clearly, and which.</summary>
public static class Identify
{
    // d·n above which the Jacobian is not written out: 512 unknowns cost about a second.
    private const int DenseLimit = 512;

    // Singular values of an explicit Jacobian carry a few roundings only.
    private const double DenseCeiling = 1e-10;

    /// <summary>Nullity, gap and symmetry at <paramref name="x"/> (d×n).</summary>
    public static Fin<Identifiability> At(Problem problem, Matrix x) =>
        (x.Rows, x.Columns) != (problem.Dims.D, problem.Dims.N) ? Faults.WrongStates(x.Rows, x.Columns, problem.Dims)
        : !x.AllFinite() ? Faults.StatesNotFinite()
        : Reduced(problem, x).IfNone(() => problem.Dims.Unknowns <= DenseLimit ? Dense(problem, x) : Counted(problem));

    /// <summary>The reduced route, where it applies.</summary>
    internal static Option<Identifiability> Reduced(Problem problem, Matrix x) =>
        IsometryAlgebra.Covers(problem, x)
            ? IsometryAlgebra.Measure(problem).Map(rank => Name(problem, rank, "the isometries of W"))
            : None;

    /// <summary>The dense route.</summary>
    internal static Identifiability Dense(Problem problem, Matrix x) =>
        Name(problem, Rank.Of(Jacobian.SingularValues(problem, x), DenseCeiling), "the rank of the Jacobian at X");

    private static Identifiability Counted(Problem problem)
    {
        var nullity = (int)Math.Min(int.MaxValue, Counting.Nullity(problem));
        var symmetry = nullity == 0 ? Naming.Of(problem, 0) : Symmetry.Subspace(nullity);
        var reason = $"By counting alone (d·n = {problem.Dims.Unknowns} is too large for the Jacobian): "
            + (nullity == 0 ? "the maps hold at least as many numbers as X." : $"at least {nullity} directions of X cannot be seen.");
        return new Identifiability(Counting.Unknowns(problem), Counting.Equations(problem), nullity, 1, symmetry, reason) { IsCounted = true };
    }

    private static Identifiability Name(Problem problem, Rank rank, string source)
    {
        var symmetry = Naming.Of(problem, rank.Nullity);
        var free = rank.Nullity == 0
            ? symmetry == Symmetry.Sign ? "nothing is free but the sign of X" : "nothing is free"
            : $"{rank.Nullity} directions of X are free: {symmetry}";
        return new Identifiability(
            Counting.Unknowns(problem), Counting.Equations(problem), rank.Nullity, rank.Gap, symmetry,
            $"By {source}, {free}.");
    }
}
