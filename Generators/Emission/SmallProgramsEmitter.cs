using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>Writes the programs of tiny sizes, and the factory that knows them.</summary>
internal static class SmallProgramsEmitter
{
    private static readonly string[] Scalars = ["double", "float"];

    public static void Write(CodeWriter code, IEnumerable<KernelProgram> programs)
    {
        var served = programs.Where(SmallProgramEmitter.Serves).ToList();
        code.Line("/// <summary>Gradients of tiny problems in registers.</summary>");
        code.Block("internal static class SmallPrograms", () =>
        {
            foreach (var scalar in Scalars)
            {
                code.Line($"/// <summary>The program of a tiny size without a mask in vectors of up to so many bits; null where there is none.</summary>");
                code.Line($"public static LossProgram<{scalar}>? Create{(scalar == "double" ? "Double" : "Single")}(ProgramRequest request, int d, int n, int bits) => (request.Model, d, n) switch");
                code.Line("{");
                code.Line("    _ when request.IsJoint || request.Causal => null,");
                foreach (var program in served)
                    foreach (var (d, n) in Sizes())
                        code.Line($"    (LossModel.{program.Loss.Model}, {d}, {n}) when bits >= {System.Math.Max(d, n) * (scalar == "double" ? 64 : 32)} => new {SmallProgramEmitter.Name(program, scalar, d, n)}(request),");
                code.Line("    _ => null,");
                code.Line("};");
            }
        });
        foreach (var (d, n) in Sizes()) WriteSize(code.Line(), d, n);
        foreach (var program in served)
            foreach (var (d, n) in Sizes())
                foreach (var scalar in Scalars)
                    new SmallProgramEmitter(code.Line(), program, scalar, d, n).Write();
    }

    private static void WriteSize(CodeWriter code, int d, int n)
    {
        code.Line($"/// <summary>d = {d}, n = {n}; rows without padding.</summary>");
        code.Block($"internal readonly struct SmallSize{d}x{n} : IProblemSize", () =>
        {
            foreach (var (name, value) in new[] { ("D", d), ("N", n), ("H", 0), ("StrideD", d), ("StrideN", n), ("StrideH", 0) }) code.Line($"public nint {name} => {value};");
        });
    }

    // At eight, entries reach the others sooner through memory than by shuffles.
    private static IEnumerable<(int D, int N)> Sizes() => [(4, 4)];
}
