using System.Text.Json;

namespace Unmask.Pipeline.Formats;

/// <summary>
/// The decoding half of a Hugging Face tokenizer.json: ids to pieces by the vocabulary and back, pieces to text by the chain of decoders.
/// </summary>
public sealed class Tokenizer : ITokenizer
{
    private readonly System.Collections.Generic.Dictionary<int, string> _pieces;
    private readonly System.Collections.Generic.Dictionary<string, int> _ids;
    private readonly System.Collections.Generic.HashSet<int> _special;
    private readonly Decoder _decoder;

    private Tokenizer(IEnumerable<(string Piece, int Id)> vocabulary, IEnumerable<AddedToken> added, Decoder decoder)
    {
        _pieces = [];
        foreach (var (piece, id) in vocabulary) _pieces[id] = piece;
        foreach (var token in added) _pieces[token.Id] = token.Content;
        _ids = [];
        foreach (var (id, piece) in _pieces.OrderByDescending(entry => entry.Key)) _ids[piece] = id;
        _special = [.. added.Where(token => token.Special).Select(token => token.Id)];
        _decoder = decoder;
    }

    /// <summary>Reads a tokenizer.json; a missing key (210) or a decoder that is not known here (223) is a failure.</summary>
    public static Fin<ITokenizer> Read(string path) =>
        from root in Json.Read(path)
        from model in root.Object("model")
        from parts in (Vocabulary(model).Check(), Added(root).Check(), DecoderOf(root).Check())
            .Apply((vocabulary, added, decoder) => (vocabulary, added, decoder)).Enter()
        select (ITokenizer)new Tokenizer(parts.vocabulary, parts.added, parts.decoder);

    /// <inheritdoc/>
    public string Decode(Seq<int> ids) =>
        string.Concat(_decoder(ids.Filter(id => !_special.Contains(id) && _pieces.ContainsKey(id)).Map(id => _pieces[id]).Strict()));

    /// <inheritdoc/>
    public string Piece(int id) => _pieces.TryGetValue(id, out var piece) ? piece : $"<{id}?>";

    /// <inheritdoc/>
    public Option<int> Id(string piece) => _ids.TryGetValue(piece, out var id) ? id : None;

    private static Fin<Seq<(string Piece, int Id)>> Vocabulary(JsonFields model) => model.Get("vocab").Case switch
    {
        JsonElement { ValueKind: JsonValueKind.Object } map => toSeq(map.EnumerateObject())
            .Map(entry => JsonFields.AsInteger(entry.Value)
                .Map(id => (entry.Name, id))
                .ToFin(model.Bad("vocab", $"gives {entry.Name} no whole number")))
            .All(),
        // Unigram lists [piece, score] pairs; the id is the place.
        JsonElement { ValueKind: JsonValueKind.Array } list => list.EnumerateArray()
            .Select((entry, id) => entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() > 0 && entry[0].ValueKind == JsonValueKind.String
                ? FinSucc((entry[0].GetString()!, id))
                : model.Bad("vocab", $"entry {id} is not a [piece, score] pair"))
            .All(),
        _ => model.Bad("vocab", "must map pieces to ids"),
    };

    private static Fin<Seq<AddedToken>> Added(JsonFields root) =>
        root.Objects("added_tokens").Bind(tokens => tokens
            .Map(token => from content in token.Text("content")
                          from id in token.Get("id").Bind(JsonFields.AsInteger).ToFin(token.Bad("id", "must be a whole number"))
                          from special in token.FlagOr("special", false)
                          select new AddedToken(id, content, special))
            .All());

    private static Fin<Decoder> DecoderOf(JsonFields root) =>
        root.Get("decoder").IsNone ? FinSucc<Decoder>(Decoders.Spaced) : root.Object("decoder").Bind(Decoders.Read);

    private sealed record AddedToken(int Id, string Content, bool Special);
}
