namespace Unmask.Pipeline;

/// <summary>
/// What is checked at the door: every rule is asked, and all that is wrong comes back at once, flattened into one error.
/// </summary>
internal static class Door
{
    public static Fin<Unit> Require(bool holds, Func<Error> otherwise) => holds ? unit : otherwise();

    /// <summary>No name twice; the first one that is goes into the error.</summary>
    public static Fin<Unit> Unique(Seq<string> names, Func<string, Error> otherwise) =>
        toSeq(names.GroupBy(identity)).Find(same => same.Count() > 1).Match(Some: same => otherwise(same.Key), None: () => FinSucc(unit));

    public static Validation<Error, A> Check<A>(this Fin<A> result) =>
        result.Match(Succ: Success<Error, A>, Fail: error => Fail<Error, A>(Flatten(error)));

    public static Fin<A> Enter<A>(this Validation<Error, A> checks) =>
        checks.Match(Succ: FinSucc, Fail: errors => FinFail<A>(Error.Many(errors)));

    /// <summary>All the successes, in order, or all the failures.</summary>
    public static Fin<Seq<A>> All<A>(this IEnumerable<Fin<A>> results)
    {
        var all = toSeq(results).Strict();
        var errors = all.Bind(result => result.Match(Succ: _ => Seq<Error>(), Fail: Flatten));
        return errors.IsEmpty ? all.Bind(result => result.ToSeq()).Strict() : Error.Many(errors);
    }

    /// <summary>Both, or what is wrong with either.</summary>
    public static Fin<(A First, B Second)> Both<A, B>(Fin<A> first, Fin<B> second) =>
        (first.Check(), second.Check()).Apply((a, b) => (a, b)).Enter();

    private static Seq<Error> Flatten(Error error) => error is ManyErrors many ? many.Errors.Bind(Flatten) : Seq1(error);
}
