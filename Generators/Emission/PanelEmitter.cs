using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>Writes one panel: so many vectors of columns, down all rows by tiles of a few heights.</summary>
internal static class PanelEmitter
{
    private static readonly string[] Counts = ["", "One", "Two", "Three", "Four"];

    /// <summary>What the panel's method is called.</summary>
    public static string Method(int vectors, TileKind kind) => kind switch
    {
        TileKind.Twin => "Twin",
        TileKind.Single => Counts[vectors],
        _ => Counts[vectors] + kind,
    };

    public static void Write(CodeWriter code, Dialect dialect, int vectors, TileKind kind)
    {
        var (t, pair) = (dialect.Scalar, kind == TileKind.Pair);
        var heights = dialect.TileRows(vectors).Take(kind == TileKind.Sum ? 1 : int.MaxValue).ToList();
        var loops = kind switch { TileKind.Sum => 3, TileKind.Pair => 2, _ => 1 };
        var fma = heights.Sum(rows => loops * rows * vectors * (dialect.Unroll(rows, vectors, kind) + 1));
        var il = heights.Sum(rows => loops * Budget.EstimatedIlBytes(rows, vectors, dialect.Unroll(rows, vectors, kind), dialect.LooksAhead(rows, vectors, kind), Tile.IsCompared(dialect, kind)));
        var formula = kind switch
        {
            TileKind.Pair => "C = A B + Dᵀ E for",
            TileKind.Twin => "C = A B and E = A D, A as it lies or transposed, together",
            TileKind.Sum => "C = A B + Dᵀ E + F G for",
            _ => "C = A B, A as it lies or transposed, for",
        };
        code.Line($"/// <summary>{formula} {vectors} vector{(vectors > 1 ? "s" : "")} of columns: {fma} multiply-adds written, at most {il} bytes of IL.</summary>");
        code.Line("[MethodImpl(AggressiveOptimization)]");
        var more = kind switch
        {
            TileKind.Single => "",
            TileKind.Pair => $" {t}* turnedLeft, {t}* second,",
            TileKind.Sum => $" {t}* turnedLeft, {t}* second, {t}* thirdLeft, {t}* third,",
            _ => $" {t}* second,",
        };
        code.Line($"private static void {Method(vectors, kind)}<TShape>(TShape shape, {t}* left, {t}* right,{more} {t}* target{(kind == TileKind.Twin ? $", {t}* other" : "")})");
        code.Block($"    where TShape : struct, {(loops > 1 ? "IPairShape" : "IProductShape")}", () =>
        {
            code.Line("nint rows = (shape.Rows + 3) & -4, depth = shape.Depth, leftStride = shape.LeftStride, rightStride = shape.RightStride, targetStride = shape.TargetStride;");
            code.Line(loops > 1 ? $"nint turnedStride = shape.TurnedStride; const nint pitch = {dialect.Pitch};" : $"nint rowStep = shape.LeftTransposed ? {dialect.Pitch} : leftStride, depthStep = shape.LeftTransposed ? leftStride : {dialect.Pitch};");
            if (dialect.PerLane && !pair)
            {
                code.Line($"nint rightStep = shape.RightIsShared ? 1 : {dialect.Lanes};");
                code.Line($"if (shape.RightIsShared) rightStride /= {dialect.Lanes};");
            }

            var compares = Tile.IsCompared(dialect, kind);
            if (compares) code.Line($"V {string.Join(", ", Tile.Squares.Select(s => $"{s} = V.Zero"))};");
            code.Line("nint i = 0;");
            foreach (var height in heights)
                code.Block(height % 4 == 0 ? $"for (; i + {height} <= rows; i += {height})" : $"for (nint whole = rows / {2 * height} * {2 * height}; i < whole; i += {height})", () => new Tile(code, dialect, height, vectors, kind).Write());
            if (compares) code.Line($"if (shape.IsResidual) *({t}*)shape.Residual.Total += Vector{dialect.Bits}.Sum({dialect.Number(0.5)} * ({string.Join(" + ", Tile.Squares)}));");
        });
    }
}
