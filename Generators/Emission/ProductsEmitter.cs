using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>Writes the products of one size, or of the any-size kernel, in one dialect: a struct that implements IProducts.</summary>
internal static class ProductsEmitter
{
    private static readonly (ProductKind Kind, string Method, string Left, string Right, string Target, string Formula)[] Methods =
    [
        (ProductKind.WeightsStates, "WeightsTimesStates", "W", "X", "Y", "Y = W X"),
        (ProductKind.WeightsTransposedStates, "WeightsTransposedTimesStates", "W", "X", "Y", "Y = Wᵀ X"),
        (ProductKind.StatesTransposedStates, "StatesTransposedTimesStates", "X", "Q", "S", "S = Xᵀ Q"),
        (ProductKind.StatesMap, "StatesTimesMap", "Q", "M", "G", "G = Q M"),
    ];

    /// <summary>The method of IProducts that serves a kind of product.</summary>
    public static string MethodOf(ProductKind kind) => Methods.Single(m => m.Kind == kind).Method;

    /// <summary>The tiles of a product at a literal size. Scalar code is a fallback: it is not unrolled.</summary>
    public static ProductGeometry Geometry(ProductKind kind, Dialect dialect, int d, int n, int unroll) =>
        Layout.Fixed(kind, d, n, dialect.Bytes, dialect.Lanes, dialect.TileVectors, dialect.IsScalar ? 1 : unroll, dialect.WritesShortLoops);

    public static void WriteFixed(CodeWriter code, Dialect dialect, int d, int n, int unroll)
    {
        code.Block($"internal readonly unsafe struct Products{d}x{n}{dialect.Name} : IProducts<{dialect.Scalar}>", () =>
        {
            code.Line($"public int D => {d};");
            code.Line($"public int N => {n};");
            code.Line($"public int StrideD => {Layout.Stride(d, dialect.Bytes)};");
            code.Line($"public int StrideN => {Layout.Stride(n, dialect.Bytes)};");
            foreach (var method in Methods)
            {
                var geometry = Geometry(method.Kind, dialect, d, n, unroll);
                var multiplyAdds = (method.Kind == ProductKind.StatesTransposedStates ? n : d) * (method.Kind == ProductKind.StatesMap ? n : d) * n;
                var il = Budget.EstimatedIlBytes(geometry, dialect.Accumulators);
                Write(code.Line(), dialect, method.Method, geometry, $"{method.Formula}   {Shapes(method.Kind, d, n)}, {multiplyAdds} multiply-adds, at most {il} bytes of IL");
            }
        });
    }

    public static void WriteAny(CodeWriter code, Dialect dialect)
    {
        code.Block($"internal readonly unsafe struct AnyProducts{dialect.Name}(int d, int n) : IProducts<{dialect.Scalar}>", () =>
        {
            code.Line($"private readonly nint rowsD = Strides.Rows(d), rowsN = Strides.Rows(n), strideD = Strides.Of<{dialect.Scalar}>(d), strideN = Strides.Of<{dialect.Scalar}>(n);");
            code.Line(dialect.IsScalar ? "private readonly nint columns = n;" : $"private readonly nint columns = (n + {dialect.Lanes - 1}) / {dialect.Lanes} * {dialect.Lanes};");
            code.Line();
            code.Line("public int D => d;");
            code.Line("public int N => n;");
            code.Line("public int StrideD => (int)strideD;");
            code.Line("public int StrideN => (int)strideN;");
            foreach (var method in Methods)
                Write(code.Line(), dialect, method.Method, Layout.Any(method.Kind, dialect.Lanes, dialect.TileVectors), method.Formula);
        });
    }

    private static void Write(CodeWriter code, Dialect dialect, string method, ProductGeometry geometry, string comment)
    {
        var t = dialect.Scalar;
        code.Line($"/// <summary>{comment}.</summary>");
        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        code.Block($"public void {method}({t}* left, {t}* right, {t}* target, bool add)", () =>
        {
            foreach (var columns in geometry.ColumnTiles)
                foreach (var rows in geometry.RowTiles(columns.Size, dialect.Accumulators))
                    code.Block($"for (nint j = {columns.From}; j < {columns.To}; j += {columns.Size * dialect.Lanes})", () =>
                        code.Block($"for (nint i = {rows.From}; i < {rows.To}; i += {rows.Size})", () =>
                            new Tile(code, dialect, geometry, rows.Size, columns.Size).Write()));
        });
    }

    private static string Shapes(ProductKind kind, int d, int n) => kind switch
    {
        ProductKind.WeightsStates => $"{d}x{d} · {d}x{n}",
        ProductKind.WeightsTransposedStates => $"({d}x{d})ᵀ · {d}x{n}",
        ProductKind.StatesTransposedStates => $"({d}x{n})ᵀ · {d}x{n}",
        _ => $"{d}x{n} · {n}x{n}",
    };
}
