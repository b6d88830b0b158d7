using System.Globalization;

namespace Unmask.Pipeline.Formats;

/// <summary>What was really fed to the model, as it was saved beside a capture.</summary>
internal static class TruthFile
{
    private const string States = "hidden_states.";

    public static Fin<Truth> Read(string path) =>
        Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase)
            ? Json.Read(path).Bind(Described)
            : StatesOf(path).Map(states => new Truth(path, None, None, states));

    private static Fin<Truth> Described(JsonFields fields) =>
        (Ids(fields).Check(), fields.IfAny("text", fields.Text).Check(), Beside(fields).Check())
            .Apply((ids, text, states) => new Truth(fields.Path, ids, text, states))
            .Enter();

    private static Fin<Option<Seq<int>>> Ids(JsonFields fields) => fields.IfAny("token_ids", key =>
        fields.Items(key).Bind(items => items.Map(item => JsonFields.AsInteger(item).ToFin(fields.Bad(key, "must hold whole numbers"))).All()));

    private static Fin<Map<int, Matrix>> Beside(JsonFields fields) => fields.IfAny("tensors", key =>
            from name in fields.Text(key)
            from plain in Door.Require(name == Path.GetFileName(name), () => fields.Bad(key, "must name a file in the same folder"))
            from states in StatesOf(Path.Combine(Path.GetDirectoryName(fields.Path) ?? "", name))
            select states)
        .Map(states => states.IfNone(Map<int, Matrix>()));

    private static Fin<Map<int, Matrix>> StatesOf(string path) =>
        from file in TensorFile.Open(path)
        from states in file.Tensors
            .Bind(tensor => LayerOf(tensor.Name).Map(layer => tensor.Matrix().Map(rows => (layer, rows.Transpose()))).ToSeq())
            .All()
        select states.Fold(Map<int, Matrix>(), (sofar, state) => sofar.AddOrUpdate(state.layer, state.Item2));

    private static Option<int> LayerOf(string name) =>
        name.StartsWith(States, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(States.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var layer)
            ? layer
            : None;
}
