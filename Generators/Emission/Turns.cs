using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>The accumulators of one sum, by what their names end in: added to by turns, and together at the end.</summary>
internal static class Turns
{
    private static readonly string[] One = [""];
    private static readonly string[] Four = ["", "b", "c", "d"];

    /// <summary>
    /// A multiply-add waits four cycles for the one before it, and a row takes about one: so many sums take turns where the pass is a good part of
    /// the work, two of them with the first of every two rows and two with the second.
    /// </summary>
    public static IReadOnlyList<string> Of(Dialect dialect, Pass pass) => dialect.IsWide && !pass.FollowsDirection ? Four : One;

    public static string Begin(Dialect dialect, string sum, IEnumerable<string> endings) =>
        $"V {string.Join(", ", endings.Select(ending => $"{sum}{ending} = {dialect.Zero}"))};";

    public static string Together(string sum, IEnumerable<string> endings) => string.Join(" + ", endings.Select(ending => sum + ending));
}
