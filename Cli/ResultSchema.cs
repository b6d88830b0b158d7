using System.Text.Json.Serialization;

namespace Unmask.Cli;

// Schema 1, docs/cli.md. The order of the parameters is the order of the keys; a new key needs a place at the end of its object.

internal sealed record JsonResult(
    int Schema,
    string Command,
    string Verdict,
    string Symmetry,
    string Model,
    int Layer,
    int Tokens,
    int D,
    int Heads,
    string Observe,
    string Precision,
    JsonIdentifiability Identifiability,
    JsonSolver Solver,
    JsonResidual Residual,
    JsonRecovered? Recovered,
    JsonTruth? Truth);

internal sealed record JsonIdentifiability(
    long Unknowns, long Equations, int Nullity, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Gap, string Reason,
    JsonNorm? Norm = null);

internal sealed record JsonNorm(double? Misfit, double? Mirrored);

internal sealed record JsonSolver(string Name, int Iterations, int Restarts, double Seconds);

internal sealed record JsonResidual(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? MaxProbability,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? RmsLogProbability,
    double NoiseFloor);

internal sealed record JsonRecovered(string? Text, int[] Ids, JsonCertificate[] Certificates);

internal sealed record JsonCertificate(
    int Position, int Id, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Margin, int[] Ties);

internal sealed record JsonTruth(double? TokenAccuracy, double? RelativeError, int TokensCompared);

internal sealed record JsonRefusal(int Schema, string Command, string Verdict, string[] Reasons);

internal sealed record JsonKernels(
    int Schema, string Command, JsonProcessor Processor, JsonSize[] Sizes, string OtherSizes, string[] Models, string[] Precisions,
    JsonPeak? PeakGflops = null, JsonTimed[]? Kernels = null);

internal sealed record JsonProcessor(int Threads, string[] Widths, string Uses);

internal sealed record JsonSize(int D, int N, string F32, string F64);

internal sealed record JsonPeak(double F32, double F64);

internal sealed record JsonTimed(
    string Model, string Operation, string Precision, int D, int N, int Batch, double Nanoseconds, double Gflops, double PeakFraction);

internal sealed record JsonExplanation(int Schema, string Command, string Model, int Tokens, string Observe, JsonForecast[] Layers);

internal sealed record JsonForecast(
    int Layer, int D, int Heads, long Unknowns, long Equations, int Nullity, string Symmetry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? LeastTokens, bool Counted, string Reason);

[JsonSerializable(typeof(JsonResult))]
[JsonSerializable(typeof(JsonRefusal))]
[JsonSerializable(typeof(JsonKernels))]
[JsonSerializable(typeof(JsonExplanation))]
internal sealed partial class ResultContext : JsonSerializerContext;
