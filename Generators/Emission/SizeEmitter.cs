using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Model;

namespace Unmask.Generators.Emission;

/// <summary>Writes everything that is special to one size: its products in every useful dialect, and the class that picks among them.</summary>
internal static class SizeEmitter
{
    public static string HintName(KernelSpec spec) => $"Kernel{spec.Size}.g.cs";

    public static string Write(KernelSpec spec)
    {
        var (d, n) = (spec.D, spec.N);
        var code = SourceFile.Open(
        [
            $"Attention kernels for d = {d}, n = {n}; inner loops unrolled by {spec.Unroll}.",
            $"Multiply-adds of one gradient: scores {Gradient(d, n):N0}, attention the same, output {Gradient(d, n) + 2L * d * d * n + 3L * d * n * n:N0}.",
        ]);
        code.Block($"namespace {SourceFile.Namespace}", () => WriteSelector(code, spec));
        foreach (var dialect in Dialects(n))
            SourceFile.InDialect(code.Line(), dialect, () => ProductsEmitter.WriteFixed(code, dialect, d, n, spec.Unroll));
        return code.ToString();
    }

    public static string WriteList(IEnumerable<KernelSpec> specs)
    {
        var code = SourceFile.Open(["The sizes that this assembly asked for."]);
        code.Block($"namespace {SourceFile.Namespace}", () =>
        {
            code.Line("/// <summary>Kernels specialised at build time; hand them to KernelTable.With.</summary>");
            code.Block("internal static class AttentionKernels", () =>
                code.Line($"public static SizedKernels[] All {{ get; }} = [{string.Join(", ", specs.Select(s => $"new Kernels{s.Size}()"))}];"));
        });
        return code.ToString();
    }

    /// <summary>The dialects worth emitting for rows of n entries: no vector wider than a row.</summary>
    public static IEnumerable<Dialect> Dialects(int n) => Dialect.All.Where(x => Layout.UsefulBits(x.Bits, n, x.Bytes) == x.Bits);

    private static long Gradient(int d, int n) => 2L * d * d * n + 3L * d * n * n;

    private static void WriteSelector(CodeWriter code, KernelSpec spec)
    {
        code.Line($"/// <summary>d = {spec.D}, n = {spec.N}.</summary>");
        code.Block($"internal sealed class Kernels{spec.Size}() : SizedKernels({spec.D}, {spec.N})", () =>
        {
            WriteCreate(code, spec, "double", "Double");
            code.Line();
            WriteCreate(code, spec, "float", "Single");
        });
    }

    private static void WriteCreate(CodeWriter code, KernelSpec spec, string scalar, string suffix)
    {
        code.Line($"public override AttentionKernel<{scalar}> Create{suffix}(LossModel model, bool causal, VectorWidth width) => width switch");
        code.Line("{");
        foreach (var bits in new[] { 512, 256, 128 })
        {
            var useful = new Dialect(scalar, Layout.UsefulBits(bits, spec.N, new Dialect(scalar, bits).Bytes));
            code.Line($"    VectorWidth.Bits{bits} => {Make(spec, useful)},");
        }

        code.Line($"    _ => {Make(spec, new Dialect(scalar, 0))},");
        code.Line("};");
    }

    private static string Make(KernelSpec spec, Dialect dialect) =>
        $"KernelPrograms.Create<Products{spec.Size}{dialect.Name}, Rows{dialect.Name}, {dialect.Scalar}>(model, default, default, causal)";
}
