using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>Writes the row passes of all programs in one dialect: a struct that implements the emitted interface IRows. Serves every size.</summary>
internal static class RowsEmitter
{
    public static IEnumerable<RowPass> Passes(KernelProgram program) => program.Evaluations.SelectMany(e => e.Steps).OfType<RowPass>();

    /// <summary>The matrices and stored row scalars that a pass touches, in the order of its parameters.</summary>
    public static IReadOnlyList<string> Parameters(KernelProgram program, RowPass pass)
    {
        var names = new SortedSet<string>(System.StringComparer.Ordinal);
        var known = new HashSet<Expr>(pass.Known);
        foreach (var stage in pass.Stages)
        {
            foreach (var leaf in RowFormula.Leaves(stage.Formula, known))
                if (leaf is Symbol s) names.Add(s.Name);
                else if (pass.Known.Contains(leaf)) names.Add(program.Names[leaf]);
            if (stage is MapStage map) names.Add(map.Target);
            if (stage is SoftmaxStage soft) names.Add(soft.Target);
            if (stage is SumStage sum && program.StoredScalars.Contains(sum.Scalar)) names.Add(sum.Scalar);
            known.UnionWith(stage.Made);
        }

        return [.. names];
    }

    public static void WriteInterface(CodeWriter code, IEnumerable<KernelProgram> programs)
    {
        code.Line("/// <summary>Everything that happens between two products, row by row; a masked row ends at its own token.</summary>");
        code.Block("public unsafe interface IRows<T> where T : unmanaged", () =>
        {
            foreach (var program in programs)
                foreach (var pass in Passes(program))
                {
                    code.Line($"/// <summary>{pass.Formula}.</summary>");
                    code.Line($"{Signature(program, pass, "T")};");
                }
        });
    }

    public static void WriteStruct(CodeWriter code, IEnumerable<KernelProgram> programs, Dialect dialect)
    {
        code.Block($"public readonly unsafe struct Rows{dialect.Name} : IRows<{dialect.Scalar}>", () =>
        {
            foreach (var program in programs)
                foreach (var pass in Passes(program))
                {
                    code.Line($"/// <summary>{pass.Formula}.</summary>");
                    code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
                    code.Block($"public {Signature(program, pass, dialect.Scalar)}", () => new RowPassWriter(code, dialect, program, pass).Write());
                }
        });
    }

    private static string Signature(KernelProgram program, RowPass pass, string scalar) =>
        $"{scalar} {pass.Name}({string.Join(", ", Parameters(program, pass).Select(p => $"{scalar}* {p}"))}, nint rows, nint columns, nint stride, bool causal)";
}
