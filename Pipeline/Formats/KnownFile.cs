using System.Text.Json;

namespace Unmask.Pipeline.Formats;

/// <summary>Known columns of X, as a user writes them down: positions and states, one state for each position.</summary>
internal static class KnownFile
{
    private const string PositionsName = "positions";
    private const string StatesName = "states";

    public static Fin<KnownColumns> Read(string path) =>
        from parts in Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) ? Json.Read(path).Bind(Written) : Stored(path)
        from positions in parts.Positions.Map(position => position is >= 0 and < int.MaxValue && position == Math.Floor(position)
            ? FinSucc((int)position)
            : Faults.BadKnown(path, PositionsName, "must hold whole numbers, 0 or more")).All()
        from apart in Door.Require(
            positions.Distinct().Count == positions.Count && !positions.IsEmpty, () => Faults.BadKnown(path, PositionsName, "must hold different positions, one at least"))
        from columns in Rows(path, positions.Count, parts.States)
        select new KnownColumns(path, positions, columns);

    private static Fin<(Seq<double> Positions, Matrix States)> Stored(string path) =>
        from file in TensorFile.Open(path)
        from named in Door.Both(file.Require(PositionsName), file.Require(StatesName))
        from read in Door.Both(named.First.Vector(), named.Second.Matrix())
        select read;

    private static Fin<(Seq<double> Positions, Matrix States)> Written(JsonFields fields) =>
        from items in Door.Both(fields.Items(PositionsName), fields.Items(StatesName))
        from positions in items.First.Map(item => Number(fields, PositionsName, item)).All()
        from rows in items.Second.Map(row => row.ValueKind == JsonValueKind.Array
            ? row.EnumerateArray().Select(item => Number(fields, StatesName, item)).All()
            : fields.Bad(StatesName, "must hold one list of numbers for each position")).All()
        from even in Door.Require(
            !rows.IsEmpty && rows.ForAll(row => row.Count == rows.Head.Count), () => fields.Bad(StatesName, "must hold lists of one length"))
        select (positions, Matrix.Create(rows.Count, rows.Head.Count, (i, j) => rows[i][j]));

    private static Fin<double> Number(JsonFields fields, string key, JsonElement item) =>
        item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out var value) ? value : fields.Bad(key, "must hold numbers only");

    // Columns of X stand as rows or as columns; where both would do, as rows.
    private static Fin<Matrix> Rows(string path, int count, Matrix states) =>
        !states.AllFinite() ? Faults.BadKnown(path, StatesName, "must be finite numbers")
        : states.Rows == count ? states
        : states.Columns == count ? states.Transpose()
        : Faults.BadKnown(path, StatesName, $"are [{states.Rows}, {states.Columns}] for {count} positions");
}
