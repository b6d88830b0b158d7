using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>Writes what all sizes share: row passes, programs, and the any-size products. Goes into one assembly, the kernel library.</summary>
internal static class LibraryEmitter
{
    public static IEnumerable<(string HintName, string Source)> Write()
    {
        var programs = Loss.All.Select(Lower.Program).ToList();
        yield return ("IRows.g.cs", InNamespace(["What the programs need of a row."], code => RowsEmitter.WriteInterface(code, programs)));
        foreach (var program in programs)
            yield return ($"{program.Loss.Name}Program.g.cs", InNamespace([$"{program.Loss.Equation} {program.Loss.Summary}"], code => ProgramEmitter.Write(code, program)));
        yield return ("KernelPrograms.g.cs", InNamespace(["From a model to its program."], code => WriteFactory(code, programs)));
        foreach (var dialect in Dialect.All)
            yield return ($"Rows{dialect.Name}.g.cs", In(dialect, "Row passes of all programs", code => RowsEmitter.WriteStruct(code, programs, dialect)));
        foreach (var dialect in Dialect.All)
            yield return ($"AnyProducts{dialect.Name}.g.cs", In(dialect, "Products of any size", code => ProductsEmitter.WriteAny(code, dialect)));
        yield return ("AnySizeKernels.g.cs", InNamespace(["Every size that was not asked for."], WriteAnySize));
    }

    private static string InNamespace(IEnumerable<string> banner, System.Action<CodeWriter> body)
    {
        var code = SourceFile.Open(banner);
        code.Block($"namespace {SourceFile.Namespace}", () => body(code));
        return code.ToString();
    }

    private static string In(Dialect dialect, string what, System.Action<CodeWriter> body)
    {
        var code = SourceFile.Open([$"{what}, {(dialect.IsScalar ? "scalar" : dialect.Bits + "-bit")} {dialect.Scalar}."]);
        SourceFile.InDialect(code, dialect, () => body(code));
        return code.ToString();
    }

    private static void WriteFactory(CodeWriter code, IEnumerable<KernelProgram> programs)
    {
        code.Line("/// <summary>Joins a loss with the products of a size and the rows of a width.</summary>");
        code.Block("public static class KernelPrograms", () =>
        {
            code.Line("public static AttentionKernel<T> Create<TProducts, TRows, T>(LossModel model, TProducts products, TRows rows, bool causal)");
            code.Line("    where TProducts : struct, IProducts<T>");
            code.Line("    where TRows : struct, IRows<T>");
            code.Line("    where T : unmanaged, IFloatingPointIeee754<T> => model switch");
            code.Line("    {");
            foreach (var program in programs)
                code.Line($"        LossModel.{program.Loss.Name} => new {program.Loss.Name}Program<TProducts, TRows, T>(products, rows, causal),");
            code.Line("        _ => throw new System.ArgumentOutOfRangeException(nameof(model), model, \"No such loss.\"),");
            code.Line("    };");
        });
    }

    private static void WriteAnySize(CodeWriter code)
    {
        code.Line("/// <summary>Sizes known only at run time.</summary>");
        code.Block("internal sealed class AnySizeKernels(int d, int n) : SizedKernels(d, n)", () =>
        {
            foreach (var (scalar, suffix) in new[] { ("double", "Double"), ("float", "Single") })
            {
                code.Line($"public override AttentionKernel<{scalar}> Create{suffix}(LossModel model, bool causal, VectorWidth width) => width switch");
                code.Line("{");
                foreach (var bits in new[] { 512, 256, 128, 0 })
                {
                    var dialect = new Dialect(scalar, bits);
                    var arm = bits == 0 ? "_" : $"VectorWidth.Bits{bits}";
                    code.Line($"    {arm} => KernelPrograms.Create<AnyProducts{dialect.Name}, Rows{dialect.Name}, {scalar}>(model, new(D, N), default, causal),");
                }

                code.Line("};");
            }
        });
    }
}
