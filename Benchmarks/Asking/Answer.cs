using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unmask.Benchmarks.Asking;

/// <summary>What comes back for a question, one line of JSON. Without nanoseconds the peer does not serve it, or was wrong.</summary>
internal sealed record Answer(
    string Peer,
    string Model,
    string Evaluation,
    int D,
    int N,
    string Precision,
    double? Nanoseconds = null,
    double? Best = null,
    double? Error = null,
    string? Variant = null,
    double? Gigaflops = null,
    double? Products = null,
    double? Remainder = null,
    double? AddsByOne = null,
    double? AddsByTwo = null,
    double? Apart = null,
    long? Allocated = null)
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static Answer None(string peer, Question q) => new(peer, q.Model, q.Evaluation, q.D, q.N, q.Precision);

    public static Answer Parse(string line) => JsonSerializer.Deserialize<Answer>(line, Format) ?? throw new FormatException(line);

    [JsonIgnore]
    public string Line => JsonSerializer.Serialize(this, Format);
}
