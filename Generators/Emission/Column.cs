using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>One of the vectors of columns that a pass works on side by side.</summary>
/// <param name="Ending">What its locals' names end in.</param>
/// <param name="Offset">Numbers from the first of them to this one.</param>
internal sealed record Column(string Ending, int Offset)
{
    private static readonly string[] Endings = ["", "b", "c", "d"];

    /// <summary>A single one.</summary>
    public static IReadOnlyList<Column> Alone { get; } = [new("", 0)];

    /// <summary>
    /// Those of a pass: with one problem a lane as each sum waits for itself, and in products with directions, where rows of several maps are far
    /// apart, as neighbours come from memory together. A bend is asked for once where products are by the hundred.
    /// </summary>
    public static IReadOnlyList<Column> Beside(Dialect dialect, Pass pass)
    {
        if (dialect.PerLane) return First(4, dialect);
        if (!dialect.IsWide || !pass.FollowsDirection || pass.Name.Contains(nameof(Derivatives.Bend))) return Alone;
        return First(dialect.Bits == 512 ? 4 : 2, dialect);
    }

    /// <summary>From a place in the first to the same in this one.</summary>
    public string Shifted(string at) => Offset == 0 ? at : $"{at} + {Offset}";

    private static IReadOnlyList<Column> First(int count, Dialect dialect) =>
        [.. Endings.Take(count).Select((ending, columns) => new Column(ending, columns * dialect.Columns * dialect.Pitch))];
}
