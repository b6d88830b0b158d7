using Unmask.Benchmarks.Asking;

namespace Unmask.Benchmarks.Comparison;

/// <summary>Which problems are asked about.</summary>
internal static class Cases
{
    private static readonly string[] Precisions = ["float", "double"];

    public static IEnumerable<Question> Quick(double milliseconds) =>
        Of("gradient", ["scores", "attention"], [(4, 4), (8, 8), (16, 32), (64, 64), (64, 256)], ["float"], milliseconds)
            .Concat(Of("batch", ["attention"], [(8, 8)], ["float"], milliseconds))
            .Concat(Of("gauss-newton", ["attention"], [(16, 32)], ["float"], milliseconds));

    public static IEnumerable<Question> All(double milliseconds) =>
        Of(
            "gradient",
            ["scores", "attention", "log-attention", "output"],
            [(4, 4), (8, 8), (16, 32), (32, 32), (64, 64), (64, 128), (64, 256), (64, 1024), (768, 512), (768, 1024)],
            Precisions,
            milliseconds)
            .Concat(Of("batch", ["scores", "attention", "output"], [(4, 4), (8, 8)], Precisions, milliseconds))
            .Concat(Of("hessian", ["scores", "attention"], [(8, 8), (16, 32), (64, 64), (64, 256), (64, 1024)], Precisions, milliseconds))
            .Concat(Of("gauss-newton", ["scores", "attention"], [(8, 8), (16, 32), (64, 64), (64, 256), (64, 1024)], Precisions, milliseconds));

    private static IEnumerable<Question> Of(
        string evaluation, string[] models, (int D, int N)[] sizes, string[] precisions, double milliseconds) =>
        from model in models
        from size in sizes
        from precision in precisions
        select new Question(model, evaluation, size.D, size.N, precision, milliseconds);
}
