namespace Unmask.Benchmarks.Comparison;

/// <summary>What the kernels are to reach on one core, all in one run.</summary>
internal static class Goals
{
    private const string Autograd = "pytorch-autograd";

    public static IReadOnlyList<Goal> All { get; } =
    [
        .. OneTiny("d, n ≤ 8, one problem", Tiny),
        .. Lanes("d, n ≤ 8, one problem per lane", row => Evaluation(row, "batch")),
        .. Small("16 ≤ d, n ≤ 64"),
        .. Middle("64 × 128…256", row => Gradient(row) && IsMiddle(row)),
        .. Large("any size to 768 × 1024", row => Gradient(row) && IsLarge(row)),
        FusedRows("any size to 768 × 1024"),
        .. Directions("Hessian × vector", "hessian"),
        .. Directions("Gauss–Newton × vector", "gauss-newton"),
        .. Fractions("256 bits, of the 256-bit peak", Gradient, Narrow),
        new("a batch", "one thread ÷ two", 1.9, row => Evaluation(row, "batch"), row => row.OnTwo, AtPeak: _ => 2, ByParts: row => row.SecondThread),
        new("all of them", "evaluations that allocate nothing", 1, _ => true, row => row.Allocated is { } bytes ? bytes == 0 ? 1 : 0 : null, Percent: true),
    ];

    private static (Func<Row, double?> Is, Func<Row, double?> ByParts) Wide => (row => row.Fraction, row => row.FractionByParts);

    private static (Func<Row, double?> Is, Func<Row, double?> ByParts) Narrow => (row => row.FractionNarrow, row => row.FractionByPartsNarrow);

    private static bool Evaluation(Row row, string name) => row.Question.Evaluation == name;

    private static bool Gradient(Row row) => Evaluation(row, "gradient");

    private static bool Tiny(Row row) => Gradient(row) && IsTiny(row);

    private static bool IsTiny(Row row) => row.Question is { D: <= 8, N: <= 8 };

    private static bool IsSmall(Row row) => !IsTiny(row) && row.Question is { D: <= 64, N: <= 64 };

    private static bool IsMiddle(Row row) => row.Question is { D: 64, N: 128 or 256 };

    private static bool IsLarge(Row row) => !IsTiny(row) && !IsSmall(row) && !IsMiddle(row);

    private static bool Size(Row row, int d, int n) => row.Question.D == d && row.Question.N == n;

    private static Func<Row, bool> Model(Func<Row, bool> covers, params string[] models) =>
        row => covers(row) && models.Contains(row.Question.Model);

    private static Func<Row, bool> Precision(Func<Row, bool> covers, string precision) =>
        row => covers(row) && row.Question.Precision == precision;

    private static Goal Of(string name, string figure, double target, Func<Row, bool> covers, (Func<Row, double?> Is, Func<Row, double?> ByParts) fraction) =>
        new(name, figure, target, covers, fraction.Is, Percent: true, _ => 1, fraction.ByParts);

    private static Goal Against(string name, string figure, double target, Func<Row, bool> covers, Func<Row, string?> contender)
    {
        Func<Row, double?> Over(Func<Row, double?> time) => row => contender(row) is { } one ? row.Time(one) / time(row) : null;
        return new(name, figure, target, covers, Over(row => row.Ours), AtPeak: Over(row => row.AtPeak), ByParts: Over(row => row.ByParts));
    }

    private static Goal[] Ratios(string name, Func<Row, bool> covers, double native, double autograd) =>
    [
        Against(name, "best C++ peer ÷ ours", native, covers, row => row.BestNative),
        Against(name, "PyTorch autograd ÷ ours", autograd, covers, _ => Autograd),
    ];

    private static Goal[] OneTiny(string name, Func<Row, bool> covers) =>
        [.. Ratios(name, covers, 2, 450), Against(name, "libxsmm ÷ ours", 3, covers, _ => "libxsmm")];

    private static Goal[] Lanes(string name, Func<Row, bool> covers) =>
    [
        Of(name, "scores", 0.90, Model(covers, "scores"), Wide),
        Of(name, "attention", 0.55, Model(covers, "attention"), Wide),
        Of(name, "output", 0.55, Model(covers, "output"), Wide),
        .. Ratios(name, covers, 4, 50),
    ];

    private static Goal[] Small(string name) =>
    [
        .. SmallFractions(name, row => Gradient(row) && IsSmall(row), Wide),
        .. Ratios($"{name}: 16, 32", row => Gradient(row) && Size(row, 16, 32), 1.4, 60),
        .. Ratios($"{name}: 64, 64", row => Gradient(row) && Size(row, 64, 64), 1.1, 5),
    ];

    private static Goal[] Middle(string name, Func<Row, bool> covers) =>
        [.. TwoFractions(name, covers, 0.88, 0.80, Wide), .. Ratios(name, covers, 1.15, 1.9)];

    private static Goal[] Large(string name, Func<Row, bool> covers) =>
        [.. TwoFractions(name, covers, 0.85, 0.80, Wide), .. Ratios(name, covers, 1.0, 1.2)];

    // Where blocks of rows stay in cache from the scores to the gradient.
    private static Goal FusedRows(string name) =>
        Against(name, "best C++ peer ÷ ours, with a softmax", 1.2, Model(row => Gradient(row) && IsLarge(row), "attention", "output"), row => row.BestNative);

    private static Goal[] Directions(string name, string evaluation) => Fractions(name, row => Evaluation(row, evaluation), Wide);

    // The fractions that hold for loss and gradient, for other evaluations and other widths.
    private static Goal[] Fractions(string name, Func<Row, bool> covers, (Func<Row, double?> Is, Func<Row, double?> ByParts) fraction) =>
    [
        .. SmallFractions($"{name}: 16 ≤ d, n ≤ 64", row => covers(row) && IsSmall(row), fraction),
        .. TwoFractions($"{name}: 64 × 128…256", row => covers(row) && IsMiddle(row), 0.88, 0.80, fraction),
        .. TwoFractions($"{name}: any size", row => covers(row) && IsLarge(row), 0.85, 0.80, fraction),
    ];

    private static Goal[] TwoFractions(string name, Func<Row, bool> covers, double scores, double attention, (Func<Row, double?> Is, Func<Row, double?> ByParts) fraction) =>
    [
        Of(name, "scores", scores, Model(covers, "scores"), fraction),
        Of(name, "attention", attention, Model(covers, "attention"), fraction),
    ];

    private static Goal[] SmallFractions(string name, Func<Row, bool> covers, (Func<Row, double?> Is, Func<Row, double?> ByParts) fraction)
    {
        Goal Softmax(string precision, int d, int n, double target) => Of(
            name,
            $"attention, output {precision} {d}, {n}",
            target,
            Precision(Model(row => covers(row) && Size(row, d, n), "attention", "output"), precision),
            fraction);
        return
        [
            Of(name, "scores", 0.90, Model(covers, "scores"), fraction),
            Softmax("float", 16, 32, 0.75),
            Softmax("float", 64, 64, 0.90),
            Softmax("double", 16, 32, 0.70),
            Softmax("double", 64, 64, 0.85),
        ];
    }
}
