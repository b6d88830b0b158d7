namespace Unmask.Pipeline.Verdicts;

/// <summary>The numerical verdict at an answer: how many directions of X the observation leaves free, how clearly, and which.</summary>
public static class Identify
{
    // d·n above which the Jacobian is not written out: 512 unknowns cost about a second.
    private const int DenseLimit = 512;

    // Singular values of an explicit Jacobian carry a few roundings only.
    private const double DenseCeiling = 1e-10;

    private const string WeightedRank = "the rank of the weighted Jacobian at X";

    /// <summary>Nullity, gap and symmetry at <paramref name="x"/> (d×n).</summary>
    public static Fin<Identifiability> At(Problem problem, Matrix x) =>
        (x.Rows, x.Columns) != (problem.Dims.D, problem.Dims.N) ? Faults.WrongStates(x.Rows, x.Columns, problem.Dims)
        : !x.AllFinite() ? Faults.StatesNotFinite()
        : problem.Observation == Observation.Residual ? Resolved(problem, x, StreamRank.At(problem, x))
        : Resolved(problem, x);

    private static Identifiability Resolved(Problem problem, Matrix stream, StreamRank found)
    {
        var rank = found.Rank.Match(Some: known => Name(problem, known, "the rank of I + a′ at H"), None: () => Counted(problem));
        return Others(found.Resolution.Match(Some: resolution => With(problem, rank, resolution), None: () => rank));
    }

    // As many equations as unknowns, none of them linear: other solutions may lie elsewhere, which no rank shows.
    private static Identifiability Others(Identifiability found) =>
        found.Symmetry == Symmetry.Unique ? found with { Symmetry = Symmetry.OtherSolutions, Reason = $"{found.Reason} Other X far from it are not excluded." } : found;

    // The rank by whichever route is open, and beside it what noise leaves.
    private static Identifiability Resolved(Problem problem, Matrix x)
    {
        Option<Information> information = Resolve.Applies(problem) ? Information.At(problem, x) : None;
        var reduced = Reduced(problem, x);
        var rank = reduced.IfNone(() =>
            IsDense(problem) ? Dense(problem, x)
            : information.Match(Some: known => Normal(problem, known), None: () => Counted(problem)));
        // The gap of the isometries is one of W's eigenvalues, not of the Jacobian.
        var measured = reduced.IsSome ? new Rank(rank.Nullity, 1) : new Rank(rank.Nullity, rank.Gap);
        return information.Bind(known => Resolve.Of(problem, x, known, measured)).Match(Some: resolution => With(problem, rank, resolution), None: () => rank);
    }

    // Rank and noise agree: what is free is hidden as well, and where no gap tells what is free, nothing is that noise does not hide.
    private static Identifiability With(Problem problem, Identifiability rank, Resolution resolution)
    {
        var clear = rank.Gap >= NormalRank.ClearGap;
        var agreed = clear || rank.Nullity <= resolution.Hidden ? rank : Name(problem, new Rank(resolution.Hidden, rank.Gap), WeightedRank);
        var hidden = resolution with { Hidden = Math.Max(resolution.Hidden, agreed.Nullity) };
        var named = Settled(agreed, hidden);
        return named with { Resolution = hidden, Reason = $"{named.Reason} {Noise.Sentence(problem, agreed, hidden)}" };
    }

    // Of two answers that are mirror images the norm may take one only.
    private static Identifiability Settled(Identifiability rank, Resolution resolution) =>
        rank.Nullity == 0 && rank.Symmetry != Symmetry.Unique && resolution.Norm.Exists(fit => fit.Settles)
            ? rank with { Symmetry = Symmetry.Unique, Reason = $"{rank.Reason} The norm before the layer settles which." }
            : rank;

    /// <summary>Whether the Jacobian is written out: small problems of maps alone.</summary>
    internal static bool IsDense(Problem problem) =>
        problem.Output.IsNone && problem.Known.IsEmpty && problem.FrontEnd.IsNone && problem.Dims.Unknowns <= DenseLimit;

    /// <summary>The reduced route, where it applies.</summary>
    internal static Option<Identifiability> Reduced(Problem problem, Matrix x) =>
        IsometryAlgebra.Covers(problem, x)
            ? IsometryAlgebra.Measure(problem).Map(rank => Name(problem, rank, "the isometries of W"))
            : None;

    /// <summary>The dense route.</summary>
    internal static Identifiability Dense(Problem problem, Matrix x) =>
        Name(problem, Rank.Of(Jacobian.SingularValues(problem, x), DenseCeiling), "the rank of the Jacobian at X");

    /// <summary>The route by the normal matrix, whitened by noise.</summary>
    internal static Identifiability Normal(Problem problem, Information information) =>
        Name(problem, NormalRank.Of(information), WeightedRank);

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
            ? $"nothing is free{But(symmetry)}"
            : $"{rank.Nullity} directions of X are free: {symmetry}{(symmetry == Symmetry.Subspace(rank.Nullity) ? And(Naming.Pair(problem)) : "")}";
        var gap = rank.Gap < NormalRank.ClearGap ? ", without a clear gap" : "";
        return new Identifiability(
            Counting.Unknowns(problem), Counting.Equations(problem), rank.Nullity, rank.Gap, symmetry,
            $"By {source}, {free}{gap}.");
    }

    private static string But(Symmetry pair) => pair == Symmetry.Unique ? "" : pair == Symmetry.Sign ? " but the sign of X" : " but a reflection of X";

    private static string And(Symmetry pair) => pair == Symmetry.Unique ? "" : pair == Symmetry.Sign ? ", and the sign of the rest" : ", and a reflection of the rest";
}
