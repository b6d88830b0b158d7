using System.Globalization;
using Unmask.Kernels;
using Unmask.Kernels.Measurement;

namespace Unmask.Benchmarks.Asking;

/// <summary>One line of the protocol that ours and the peers speak: "attention gradient 16 32 float 50" asks for 50 ms of timing.</summary>
internal sealed record Question(string Model, string Evaluation, int D, int N, string Precision, double Milliseconds)
{
    public static Question Parse(string line) => line.Split(' ') switch
    {
        [var model, var evaluation, var d, var n, var precision, var milliseconds] =>
            new(model, evaluation, int.Parse(d), int.Parse(n), precision, double.Parse(milliseconds, CultureInfo.InvariantCulture)),
        _ => throw new FormatException($"'{line}' is no question; one is 'attention gradient 16 32 float 50'."),
    };

    /// <summary>Problems in it; the time asked for is that of one of them.</summary>
    public int Count => Evaluation == "batch" ? 1024 : 1;

    /// <summary>The file of its problem and expected answer.</summary>
    public string File => $"{Model}-{Evaluation}-{D}-{N}";

    public LossModel Loss => Model switch
    {
        "scores" => LossModel.Scores,
        "attention" => LossModel.Attention,
        "log-attention" => LossModel.LogAttention,
        "output" => LossModel.Output,
        _ => throw new FormatException($"There is no model '{Model}'."),
    };

    public Evaluation Asked => Evaluation switch
    {
        "gradient" or "batch" => Kernels.Measurement.Evaluation.Gradient,
        "hessian" => Kernels.Measurement.Evaluation.HessianVector,
        "gauss-newton" => Kernels.Measurement.Evaluation.GaussNewton,
        _ => throw new FormatException($"There is no evaluation '{Evaluation}'."),
    };

    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Model} {Evaluation} {D} {N} {Precision} {Milliseconds}");
}
