using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>Writes what all sizes share: products, passes and programs. Goes into one assembly, the kernel library.</summary>
internal static class LibraryEmitter
{
    public static IEnumerable<(string HintName, string Source)> Write()
    {
        var programs = Loss.All.Select(Lower.Program).ToList();
        var shared = SharedPasses.Of(programs);
        yield return ("IPasses.g.cs", InNamespace(["What the programs need between two products."], code => PassesEmitter.WriteInterface(code, shared)));
        foreach (var program in programs)
            yield return ($"{program.Loss.Name}Program.g.cs", InNamespace([$"{program.Loss.Equation} {program.Loss.Summary}"], code => ProgramEmitter.Write(code, program, shared.Names)));
        yield return ("KernelPrograms.g.cs", InNamespace(["From a model to its program."], code => WriteFactory(code, programs)));
        foreach (var dialect in Dialect.All)
            yield return ($"Passes{dialect.Name}.g.cs", In(dialect, "Passes of all programs", code => PassesEmitter.WriteStruct(code, shared, dialect)));
        foreach (var dialect in Dialect.All)
            yield return ($"Panels{dialect.Name}.g.cs", In(dialect, "Products of every size", code => PanelsEmitter.Write(code, dialect)));
        foreach (var dialect in SmallProductsEmitter.Dialects)
            yield return ($"SmallProducts{dialect.Name}.g.cs", In(dialect, "Products of 4 and 8, written out", code => SmallProductsEmitter.Write(code, dialect)));
        yield return ("SmallPrograms.g.cs", InNamespace(["Which tiny problems have programs of their own."], code => SmallProgramsEmitter.WriteFactory(code, programs)));
        foreach (var dialect in SmallPanelsEmitter.Dialects)
            yield return ($"SmallPrograms{dialect.Name}.g.cs", In(dialect, "Gradients of tiny problems without a mask", code => SmallProgramsEmitter.Write(code, programs, dialect)));
    }

    private static string InNamespace(IEnumerable<string> banner, System.Action<CodeWriter> body)
    {
        var code = SourceFile.Open(banner);
        body(code);
        return code.ToString();
    }

    private static string In(Dialect dialect, string what, System.Action<CodeWriter> body)
    {
        var code = SourceFile.Open([$"{what}, {dialect.Description}."], dialect);
        body(code);
        return code.ToString();
    }

    private static void WriteFactory(CodeWriter code, IEnumerable<KernelProgram> programs)
    {
        code.Line("/// <summary>Joins a loss with a size, and with the products and passes of a width.</summary>");
        code.Block("public static class KernelPrograms", () =>
        {
            code.Line("public static LossProgram<T> Create<TSize, TPanels, TPasses, T>(ProgramRequest request, TSize size, TPanels panels = default, int lanes = 1)");
            code.Line("    where TSize : struct, IProblemSize");
            code.Line("    where TPanels : struct, IPanels<T>");
            code.Line("    where TPasses : struct, IPasses<T>");
            code.Line("    where T : unmanaged => (request.Model, request.IsJoint) switch");
            code.Line("    {");
            foreach (var program in programs)
                code.Line($"        (LossModel.{program.Loss.Model}, {(program.IsJoint ? "true" : "false")}) => new {program.Loss.Name}Program<TSize, TPanels, TPasses, T>(size, panels, default, request, lanes),");
            code.Line("        _ => throw new System.ArgumentOutOfRangeException(nameof(request), request, \"No such loss.\"),");
            code.Line("    };");
        });
    }
}
