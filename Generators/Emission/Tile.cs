using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes C (+)= A B for one register tile: one local per sum, the inner loop unrolled a few steps. A is read entry by entry, so its
/// transposed form costs nothing; B and C are read and written by whole vectors.
/// </summary>
internal sealed class Tile(CodeWriter code, Dialect dialect, int rows, int vectors, TileKind kind)
{
    // Numbers from row to row of a left factor as it lies, and of a transposed one.
    private const string Straight = "leftStride";
    private const string Turned = "pitch";

    private readonly int _unroll = dialect.Unroll(rows, vectors, kind);
    private readonly int _inTwos = dialect.RowsInTwos(rows, vectors, kind);
    private readonly bool _takesPacked = dialect.TakesPacked && kind == TileKind.Single && vectors == dialect.TileVectors.First();
    private readonly Requests? _requests = dialect.LooksAhead(rows, vectors, kind) ? new(code, dialect, rows, vectors) : null;

    // Twins are two factors and two results of one vector each.
    private bool IsTwin => kind == TileKind.Twin;

    public void Write()
    {
        code.Line($"{dialect.Scalar}* c = target + i * targetStride{(IsTwin ? ", o = other + i * targetStride" : "")};");
        for (var r = 0; r < rows; r++) code.Line($"V {Each(v => $"c{r}{v} = {dialect.Zero}")};");
        switch (kind)
        {
            case TileKind.Pair:
                Loop("left", "right", Straight, Turned, suffix: "");
                Loop("turnedLeft", "second", Turned, "turnedStride", suffix: "2");
                break;
            case TileKind.Sum:
                Loop("left", "right", Straight, Turned, suffix: "");
                Loop("turnedLeft", "second", Turned, "turnedStride", suffix: "2");
                Loop("thirdLeft", "third", Straight, Turned, suffix: "3");
                break;
            default:
                Loop("left", "right", "rowStep", "depthStep", suffix: "");
                break;
        }

        if (kind != TileKind.Sum) code.Block("if (shape.Accumulates)", AddTarget);
        if (IsCompared(dialect, kind)) code.Block("if (shape.IsResidual)", Compare);
        for (var r = 0; r < rows; r++)
            code.Line(Statements(v => $"{dialect.Load(Cell(r, v))} = c{r}{v};"));
    }

    /// <summary>Whether the tiles of a kind can take an observation from what they have made.</summary>
    public static bool IsCompared(Dialect dialect, TileKind kind) => dialect.IsWide && kind == TileKind.Single;

    /// <summary>The sums of squares of a panel, which take turns, and what they are called.</summary>
    public static IReadOnlyList<string> Squares { get; } = ["s0", "s1", "s2", "s3"];

    // After the sums, so that they do not wait for what the target holds. One branch for all of them: with one for each, a tile of two vectors by six took some ten cycles longer.
    private void AddTarget()
    {
        for (var r = 0; r < rows; r++)
            code.Line(Statements(v => $"c{r}{v} += {dialect.Load(Cell(r, v))};"));
    }

    private void Compare()
    {
        code.Line($"{dialect.Scalar}* observed = c + shape.Residual.ToObserved;");
        for (var r = 0; r < rows; r++)
        {
            code.Line(Statements(v => $"c{r}{v} -= {dialect.Load(Cell(r, v, "observed"))};"));
            code.Line(Statements(v => Square($"c{r}{v}", Squares[(r * vectors + v) % Squares.Count])));
        }

        string Square(string entry, string sum) => $"{sum} = {dialect.MultiplyAdd(entry, entry, sum)};";
    }

    private void Loop(string left, string right, string rowStep, string depthStep, string suffix)
    {
        var (a, b, k) = ("a" + suffix, "b" + suffix, "k" + suffix);
        code.Line($"{dialect.Scalar}* {a} = {left} + i * {(_takesPacked ? $"(shape.LeftIsPacked ? depth : {rowStep})" : rowStep)}, {b} = {right}{(IsTwin ? ", t = second" : "")};");
        code.Line($"nint {k} = 0;");
        _requests?.Begin(a, rowStep);
        if (_unroll > 0)
            code.Block($"for (; {k} + {_unroll} <= depth; {k} += {_unroll})", () =>
            {
                _requests?.Go(rowStep, depthStep);
                Steps(_unroll, a, b, rowStep, depthStep);
            });
        code.Block($"for (; {k} < depth; {k}++)", () => Steps(1, a, b, rowStep, depthStep));
    }

    private void Steps(int unroll, string left, string right, string rowStep, string depthStep)
    {
        var inTwos = unroll > 1 ? _inTwos : 0;
        for (var r = 0; r < inTwos; r += 2) ReadInTwos(r, left, rowStep, depthStep);
        for (var k = 0; k < unroll; k++)
        {
            var step = unroll == 1 ? "" : k.ToString();
            code.Line($"V {Each(v => $"y{step}{Letter(v)} = {Right(right, Times(k, "rightStride"), v)}")};");
            for (var r = 0; r < rows; r++)
            {
                code.Line($"V x{step}{Letter(r)} = {(r < inTwos ? OfTwo(k, r, rowStep) : dialect.Broadcast(Sum(left, Times(r, rowStep), Times(k, depthStep))))};");
                code.Line(Statements(v => $"c{r}{v} = {dialect.MultiplyAdd($"x{step}{Letter(r)}", $"y{step}{Letter(v)}", $"c{r}{v}")};"));
            }
        }

        code.Line($"{left} += {Times(unroll, depthStep)};");
        code.Line($"{right} += {Times(unroll, "rightStride")};{(IsTwin ? $" t += {Times(unroll, "rightStride")};" : "")}");
    }

    // Two rows by two steps. Entries that lie side by side are those of two steps of a row or, of a transposed factor, of two rows in one step.
    private void ReadInTwos(int row, string left, string rowStep, string depthStep)
    {
        var (first, second) = (Sum(left, Times(row, rowStep), "0"), Sum(left, Times(row, rowStep), Either(rowStep, rowStep, depthStep)));
        code.Line($"V {Two(0, row)} = {dialect.BroadcastTwo(first)}, {Two(1, row)} = {dialect.BroadcastTwo(second)};");
    }

    private string OfTwo(int step, int row, string rowStep)
    {
        return Either(rowStep, Entry(row % 2, step), Entry(step, row % 2));

        string Entry(int two, int index) => index == 0 ? dialect.First(Two(two, row)) : dialect.Second(Two(two, row));
    }

    // What holds for the factor as it lies or for the transposed one; the shape of a product knows which, where the tile does not.
    private static string Either(string rowStep, string straight, string turned) =>
        straight == turned ? straight : rowStep switch { Straight => straight, Turned => turned, _ => $"(shape.LeftTransposed ? {turned} : {straight})" };

    private static string Two(int two, int row) => $"x{Letter(row / 2 * 2)}{Letter(row / 2 * 2 + 1)}{two}";

    private string Right(string pointer, string row, int vector) => dialect.PerLane && kind == TileKind.Single
        ? $"Right(shape, {Sum(pointer, row, Times(vector, "rightStep"))})"
        : IsTwin ? dialect.Load(Sum(vector == 0 ? pointer : "t", row, "0"))
        : dialect.Load(Sum(pointer, row, (vector * dialect.Lanes).ToString()));

    private string Statements(System.Func<int, string> text) => string.Join(" ", Enumerable.Range(0, vectors).Select(text));

    private string Each(System.Func<int, string> text) => string.Join(", ", Enumerable.Range(0, vectors).Select(text));

    private string Cell(int row, int vector, string pointer = "c") => IsTwin
        ? Sum(vector == 0 ? pointer : "o", Times(row, "targetStride"), "0")
        : Sum(pointer, Times(row, "targetStride"), (vector * dialect.Lanes).ToString());

    /// <summary>A place in memory, so many strides and numbers from a pointer.</summary>
    public static string Sum(string pointer, string stride, string offset) =>
        string.Join(" + ", new List<string> { pointer, stride, offset }.Where(part => part != "0"));

    /// <summary>So many strides.</summary>
    public static string Times(int count, string stride) => count switch { 0 => "0", 1 => stride, _ => $"{count} * {stride}" };

    private static string Letter(int index) => ((char)('a' + index)).ToString();
}
