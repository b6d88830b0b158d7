using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unmask.Cli;

/// <summary>An answer as JSON, schema 1: docs/cli.md. Keys come in the order of the records below.</summary>
internal static class ResultJson
{
    private static readonly ResultContext Context = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Text stays readable; the file is no part of a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Text(Answer answer) => Line(JsonSerializer.Serialize(Of(answer), Context.JsonResult));

    /// <summary>A question that has no answer: why.</summary>
    public static string Text(string command, int exitCode, Seq<Error> reasons) => Line(JsonSerializer.Serialize(
        new JsonRefusal(1, command, exitCode == ExitCode.NotConverged ? "not-converged" : "refused", [.. reasons.Map(error => error.Message)]),
        Context.JsonRefusal));

    public static string Text(JsonExplanation explanation) => Line(JsonSerializer.Serialize(explanation, Context.JsonExplanation));

    public static string Text(JsonKernels kernels) => Line(JsonSerializer.Serialize(kernels, Context.JsonKernels));

    private static string Line(string json) => json + "\n";

    private static JsonResult Of(Answer answer)
    {
        var (problem, verdict) = (answer.Problem, answer.Verdict);
        return new JsonResult(
            1,
            answer.Question.Command,
            Words.Of(verdict.Kind),
            verdict.Identifiability.Symmetry.ToString(),
            answer.Question.Model,
            problem.Layer.Index,
            problem.Dims.N,
            problem.Dims.D,
            problem.Layer.Heads.Count,
            Words.Observed(problem),
            problem.Precision.Name,
            new JsonIdentifiability(
                verdict.Identifiability.Unknowns,
                verdict.Identifiability.Equations,
                verdict.Identifiability.Nullity,
                Finite(verdict.Identifiability.Gap),
                verdict.Identifiability.Reason,
                verdict.Identifiability.Resolution.Bind(resolution => resolution.Norm).MatchUnsafe<JsonNorm?>(
                    Some: fit => new JsonNorm(Finite(fit.Misfit), Nullable(fit.Mirrored)),
                    None: () => null)),
            new JsonSolver(verdict.Estimate.Solver.Name, verdict.Estimate.Solver.Iterations, verdict.Estimate.Solver.Restarts, answer.Seconds),
            new JsonResidual(Finite(verdict.Residual.Max), Finite(verdict.Residual.RmsLog), verdict.Residual.NoiseFloor),
            verdict.Estimate.Tokens.MatchUnsafe<JsonRecovered?>(
                Some: reading => new JsonRecovered(answer.Text.MatchUnsafe<string?>(text => text, () => null), [.. reading.Ids], [.. reading.Certificates.Map(Certified)]),
                None: () => null),
            answer.Comparison.MatchUnsafe<JsonTruth?>(
                Some: near => new JsonTruth(Nullable(near.TokenAccuracy), Nullable(near.RelativeError), near.TokensCompared),
                None: () => null));
    }

    private static JsonCertificate Certified(Certificate one) => new(one.Position, one.Id, Finite(one.Margin), [.. one.Ties]);

    // JSON has no infinity.
    private static double? Finite(double value) => double.IsFinite(value) && value < double.MaxValue ? value : null;

    private static double? Nullable(Option<double> value) => value.MatchUnsafe<double?>(known => Finite(known), () => null);
}
