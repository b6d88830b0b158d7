namespace Unmask.Generators.Emission;

/// <summary>Writes the methods by which a program asks its panels for products: of whole matrices, whose extents are type arguments, and of parts of them.</summary>
internal static class ProductMethods
{
    public static void WriteSingle(CodeWriter code)
    {
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line("private void Multiply<TRows, TDepth, TColumns, TSide, TStart>(T* left, T* right, T* target)");
        WriteExtents(code);
        code.Line("    where TSide : struct, ISide");
        code.Line("    where TStart : struct, IStart =>");
        code.Line("    _panels.Multiply(new ProductShape<TSize, TRows, TDepth, TColumns, TSide, TStart>(_size), left, right, target);");
    }

    /// <summary>What blocks of queries are multiplied with: alone, where a map that a later step reads is asked for meanwhile, or compared where tiles can do so.</summary>
    public static void WriteRanges(CodeWriter code, bool compares)
    {
        const string Shape = "new RangeShape<TSide>(rows, depth, columns, leftStride, rightStride, targetStride, accumulates)";
        WriteRange(code, "void Range", ", bool accumulates");
        code.Line($"    _panels.Multiply({Shape}, left, right, target);");
        WriteRange(code.Line(), "void RangeAwaiting", ", bool accumulates, T* awaited");
        code.Line($"    _panels.Multiply(new ObservedShape<RangeShape<TSide>, Awaited>({Shape}, new((nint)(awaited - target), null)), left, right, target);");
        if (!compares) return;
        WriteRange(code.Line(), "bool RangeResidual", ", T* observed");
        code.Line($"    Compare({Shape.Replace(", accumulates", ", accumulates: false")}, left, right, observed, target);");
    }

    /// <summary>A product from which an observation is taken, where tiles can do so; whether they could.</summary>
    public static void WriteResidual(CodeWriter code)
    {
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line("private bool MultiplyResidual<TRows, TDepth, TColumns, TSide>(T* left, T* right, T* observed, T* target)");
        WriteExtents(code);
        code.Line("    where TSide : struct, ISide =>");
        code.Line("    Compare(new ProductShape<TSize, TRows, TDepth, TColumns, TSide, Set>(_size), left, right, observed, target);");
        code.Line();
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line("private bool Compare<TShape>(TShape shape, T* left, T* right, T* observed, T* target)");
        code.Block("    where TShape : struct, IProductShape", () =>
        {
            code.Line("if (!TPanels.TakesResiduals(shape)) return false;");
            code.Line("_panels.Multiply(new ObservedShape<TShape, Compared>(shape, new((nint)(observed - target), Total)), left, right, target);");
            code.Line("return true;");
        });
    }

    private static void WriteRange(CodeWriter code, string method, string more)
    {
        code.Line($"private {method}<TSide>(nint rows, nint depth, nint columns, T* left, nint leftStride, T* right, nint rightStride, T* target, nint targetStride{more})");
        code.Line("    where TSide : struct, ISide =>");
    }

    public static void WritePair(CodeWriter code)
    {
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line("private void MultiplyPair<TRows, TDepth, TColumns, TStart>(T* left, T* right, T* turnedLeft, T* second, T* target)");
        WriteExtents(code);
        code.Block("    where TStart : struct, IStart", () =>
        {
            code.Block("if (FitsTwice(TDepth.Of(_size), TColumns.Stride(_size)))", () =>
            {
                code.Line("_panels.MultiplyPair(new ProductShape<TSize, TRows, TDepth, TColumns, Straight, TStart>(_size), left, right, turnedLeft, second, target);");
                code.Line("return;");
            });
            code.Line("Multiply<TRows, TDepth, TColumns, Straight, TStart>(left, right, target);");
            code.Line("Multiply<TRows, TDepth, TColumns, Transposed, Add>(turnedLeft, second, target);");
        });
    }

    public static void WriteTwin(CodeWriter code)
    {
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line("private void MultiplyTwin<TRows, TDepth, TColumns, TSide>(T* left, T* right, T* second, T* target, T* other)");
        WriteExtents(code);
        code.Line("    where TSide : struct, ISide =>");
        code.Line("    _panels.MultiplyTwin(new ProductShape<TSize, TRows, TDepth, TColumns, TSide, Set>(_size), left, right, second, target, other);");
    }

    /// <summary>Three products into one target, where a tile sums them all.</summary>
    public static void WriteSum(CodeWriter code)
    {
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line("private void MultiplySum<TRows, TDepth, TColumns>(T* left, T* right, T* turnedLeft, T* second, T* thirdLeft, T* third, T* target)");
        WriteExtents(code, () =>
        {
            code.Line("var shape = new ProductShape<TSize, TRows, TDepth, TColumns, Straight, Set>(_size);");
            code.Block("if (TPanels.SumsUp(shape))", () =>
            {
                code.Line("TPanels.Sum(shape, left, right, turnedLeft, second, thirdLeft, third, target);");
                code.Line("return;");
            });
            code.Line("MultiplyPair<TRows, TDepth, TColumns, Set>(left, right, turnedLeft, second, target);");
            code.Line("Multiply<TRows, TDepth, TColumns, Straight, Add>(thirdLeft, third, target);");
        });
    }

    private static void WriteExtents(CodeWriter code, System.Action body)
    {
        code.Line("    where TRows : struct, IExtent");
        code.Line("    where TDepth : struct, IExtent");
        code.Block("    where TColumns : struct, IExtent", body);
    }

    private static void WriteExtents(CodeWriter code)
    {
        foreach (var extent in new[] { "TRows", "TDepth", "TColumns" }) code.Line($"    where {extent} : struct, IExtent");
    }
}
