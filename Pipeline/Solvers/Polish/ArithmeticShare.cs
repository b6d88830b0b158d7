namespace Unmask.Pipeline.Solvers;

/// <summary>
/// How much of float32 arithmetic to allow for in a map, told by χ²: none as long as storage explains it, all of it where that is too little and all is not
/// far too much. docs/identifiability.md (N2).
/// </summary>
internal static class ArithmeticShare
{
    // χ² per degree of freedom above which the map cannot have been rounded once only.
    private const double RoundedOnce = 4;

    // And below which float32 arithmetic cannot be what it was.
    private const double NeverComputed = 1e-4;

    /// <summary>What <paramref name="at"/> makes of the share that is right: of this project's own arithmetic alone, or of float32's.</summary>
    /// <param name="at">From a share to a fit, or to an answer that is weighed.</param>
    /// <param name="perFreedom">Its χ² per degree of freedom.</param>
    public static A Chosen<A>(Func<double, A> at, Func<A, double> perFreedom)
    {
        var stored = at(Evidence.DoubleShare);
        if (perFreedom(stored) <= RoundedOnce) return stored;
        var computed = at(1);
        return perFreedom(computed) > NeverComputed ? computed : stored;
    }
}
