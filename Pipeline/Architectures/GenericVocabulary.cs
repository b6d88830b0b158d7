using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline.Architectures;

/// <summary>The vocabulary entry of unmask.json: tensors of the embedding and the positions, and the norm before the projections of layer 0.</summary>
internal sealed record GenericVocabulary(string Embedding, Option<string> Positions, Option<GenericNorm> Norm)
{
    private static readonly Seq<string> Keys = Seq("embedding", "positions", "norm");

    public static Fin<GenericVocabulary> Read(JsonFields json) =>
        (json.Known(Keys).Check(), json.Text("embedding").Check(), json.IfAny("positions", json.Text).Check(),
                json.IfAny("norm", key => json.Object(key).Bind(fields => GenericNorm.Read(fields, optional: false))).Check())
            .Apply((_, embedding, positions, norm) => new GenericVocabulary(embedding, positions, norm)).Enter();
}
