using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;
using Unmask.Generators.Model;

namespace Unmask.Generators.Emission;

/// <summary>Writes everything that is special to one size: its constants, and the class that joins them with products and passes.</summary>
internal static class SizeEmitter
{
    public static string HintName(KernelSpec spec) => $"Kernel{spec.Size}.g.cs";

    public static string Write(KernelSpec spec)
    {
        var (d, n) = (spec.D, spec.N);
        var hasProducts = SmallPanelsEmitter.Serves(d, n);
        IReadOnlyList<string> banner =
        [
            $"Attention kernels for d = {d}, n = {n}: the constants that the runtime compiles into the products and passes of the library.",
            "A gradient is Q = W X, U = Wᵀ X (2 d²n multiply-adds), S = Xᵀ Q (dn²), dS from S, and G = Q dSᵀ + U dS (2 dn²), equations (1) and (9).",
            $"Multiply-adds of one gradient: scores {Gradient(d, n):N0}, attention the same, output {Gradient(d, n) + 2L * d * d * n + 3L * d * n * n:N0}.",
        ];
        var code = hasProducts ? SourceFile.Open(banner) : SourceFile.OpenPlain(banner);
        WriteSize(code, spec, "double", 8, "F64");
        WriteSize(code.Line(), spec, "float", 4, "F32");
        WriteSelector(code.Line(), spec);
        if (!hasProducts) return code.ToString();
        foreach (var dialect in SmallPanelsEmitter.Dialects) SmallPanelsEmitter.Write(code.Line(), dialect, d, n, Products(d, n));
        return code.ToString();
    }

    public static string WriteList(IEnumerable<KernelSpec> specs)
    {
        var code = SourceFile.OpenPlain(["The sizes that this assembly asked for."]);
        code.Line("/// <summary>Kernels specialised at build time; hand them to KernelTable.With.</summary>");
        code.Block("internal static class AttentionKernels", () =>
            code.Line($"public static SizedKernels[] All {{ get; }} = [{string.Join(", ", specs.Select(s => $"new Kernels{s.Size}()"))}];"));
        return code.ToString();
    }

    private static List<ProductStep> Products(int d, int n) =>
        [.. Loss.Of(Form.Merged).Select(Lower.Program).SelectMany(p => WithoutMapsEmitter.Running(p, d, n)).SelectMany(e => e.Steps).OfType<ProductStep>()];

    private static long Gradient(int d, int n) => 2L * d * d * n + 3L * d * n * n;

    private static void WriteSize(CodeWriter code, KernelSpec spec, string scalar, int bytes, string suffix)
    {
        code.Line($"/// <summary>d = {spec.D}, n = {spec.N}; rows of {Layout.Stride(spec.D, bytes)} and {Layout.Stride(spec.N, bytes)} numbers in {scalar}.</summary>");
        code.Block($"internal readonly struct Size{spec.Size}{suffix}(int headWidth) : IKnownSize<Size{spec.Size}{suffix}>", () =>
        {
            foreach (var (name, value) in new[] { ("D", spec.D), ("N", spec.N), ("StrideD", Layout.Stride(spec.D, bytes)), ("StrideN", Layout.Stride(spec.N, bytes)) })
                code.Line($"public nint {name} => {value};");
            code.Line("public nint H { get; } = headWidth;");
            code.Line($"public nint StrideH {{ get; }} = Strides.Of<{scalar}>(headWidth);");
            code.Line($"public static Size{spec.Size}{suffix} WithHeads(int headWidth) => new(headWidth);");
        });
    }

    private static void WriteSelector(CodeWriter code, KernelSpec spec)
    {
        code.Line($"/// <summary>d = {spec.D}, n = {spec.N}.</summary>");
        var head = $"internal sealed class Kernels{spec.Size}() : KnownSizeKernels<Size{spec.Size}F64, Size{spec.Size}F32>({spec.D}, {spec.N})";
        if (!SmallPanelsEmitter.Serves(spec.D, spec.N))
        {
            code.Line(head + ";");
            return;
        }

        code.Block(head, () =>
        {
            WriteCreate(code, spec, "double", "Double", "F64");
            WriteCreate(code.Line(), spec, "float", "Single", "F32");
        });
    }

    // Products written out for this size alone, where vectors are wide enough.
    private static void WriteCreate(CodeWriter code, KernelSpec spec, string scalar, string suffix, string f)
    {
        code.Line($"public override LossProgram<{scalar}> Create{suffix}(ProgramRequest request, VectorWidth width) => width switch");
        code.Line("{");
        foreach (var bits in SmallPanelsEmitter.Dialects.Where(x => x.Scalar == scalar).Select(x => x.Bits))
            code.Line($"    VectorWidth.Bits{bits} => {suffix}<SmallPanels{spec.Size}{f}W{bits}>(request, width),");
        code.Line($"    _ => base.Create{suffix}(request, width),");
        code.Line("};");
    }
}
