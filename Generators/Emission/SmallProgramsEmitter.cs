using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>Writes the programs of tiny sizes, and the factory that knows them.</summary>
internal static class SmallProgramsEmitter
{
    private static readonly string[] Scalars = ["double", "float"];

    public static void WriteFactory(CodeWriter code, IReadOnlyList<KernelProgram> programs)
    {
        code.Line("/// <summary>Gradients of tiny problems.</summary>");
        code.Block("internal static class SmallPrograms", () =>
        {
            foreach (var scalar in Scalars)
            {
                code.Line($"/// <summary>The program of a tiny size without a mask in vectors of so many bits; null where there is none.</summary>");
                code.Line($"public static LossProgram<{scalar}>? Create{(scalar == "double" ? "Double" : "Single")}(ProgramRequest request, int d, int n, int bits) => (request.Model, d, n, bits) switch");
                code.Line("{");
                code.Line("    _ when request.IsJoint || request.Causal => null,");
                foreach (var dialect in SmallPanelsEmitter.Dialects.Where(x => x.Scalar == scalar))
                    foreach (var (program, grouping) in Served(programs, dialect))
                        code.Line($"    (LossModel.{program.Loss.Model}, {grouping.Size}, {grouping.Size}, {dialect.Bits}) => new {SmallProgramEmitter.Name(program, grouping)}(request),");
                code.Line("    _ => null,");
                code.Line("};");
            }
        });
    }

    public static void Write(CodeWriter code, IReadOnlyList<KernelProgram> programs, Dialect dialect)
    {
        var served = Served(programs, dialect).ToList();
        foreach (var (program, grouping) in served)
            new SmallProgramEmitter(code, program, grouping).Write();
        foreach (var group in served.Where(s => !s.Grouping.IsFeaturewise && !SmallProgramEmitter.InRegisters(s.Grouping)).GroupBy(s => s.Grouping))
            new GroupedProductsEmitter(code, group.Key).Write(group.SelectMany(s => new GroupedPlan(s.Program, s.Grouping).Methods).Distinct());
    }

    // A row of eight doubles is longer than 256 bits: there the products written row by row serve.
    private static IEnumerable<(KernelProgram Program, Grouping Grouping)> Served(IReadOnlyList<KernelProgram> programs, Dialect dialect) =>
        from size in dialect.Lanes >= 8 ? new[] { 4, 8 } : [4]
        let grouping = new Grouping(dialect, size)
        from program in programs
        where SmallProgramEmitter.Serves(program)
        select (program, grouping);
}
