using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>Writes the passes of all programs in one dialect: a struct that implements the emitted interface IPasses. Serves every size.</summary>
internal static class PassesEmitter
{
    public static IEnumerable<Pass> Of(KernelProgram program) => program.Evaluations.SelectMany(e => e.Steps).OfType<Pass>();

    /// <summary>The matrices and stored query scalars that a pass touches, its parameters: as it comes to them, so that what they are called decides nothing.</summary>
    public static IReadOnlyList<string> Parameters(KernelProgram program, Pass pass)
    {
        var names = new List<string>();
        var known = new HashSet<Expr>(pass.Known);
        foreach (var stage in pass.Stages)
        {
            foreach (var leaf in Columnwise.Leaves(stage.Formula, known))
                if (leaf is Symbol s) names.Add(Held(s, s.Name));
                else if (pass.Known.Contains(leaf)) names.Add(Held(leaf, program.Names[leaf]));
            if (stage is MapStage map) names.Add(map.Target);
            if (stage is SoftmaxStage soft) names.AddRange(program.StoredScalars.Contains(soft.LogSumExp) ? [soft.Target, soft.LogSumExp] : [soft.Target]);
            if (stage is SumStage sum && program.StoredScalars.Contains(sum.Scalar)) names.Add(sum.Scalar);
            known.UnionWith(stage.Made);
        }

        return [.. names.Distinct()];
    }

    /// <summary>What a pass hands on to its narrower twin.</summary>
    public static IEnumerable<string> Arguments(KernelProgram program, Pass pass) =>
        Parameters(program, pass).Concat(["rows", "columns", "stride", "causal", "first"]).Concat(pass.HasTotal ? ["total"] : []);

    public static void WriteInterface(CodeWriter code, SharedPasses shared)
    {
        code.Line("/// <summary>Everything that happens between two products, column by column; the first column that is given may be a later one of the map.</summary>");
        code.Block("public unsafe interface IPasses<T> where T : unmanaged", () =>
        {
            foreach (var (program, pass) in shared.Distinct)
            {
                code.Line($"/// <summary>{pass.Formula}.</summary>");
                code.Line($"{Signature(program, pass, "T")}{(shared.InBatches.Contains(pass) ? "" : " => throw new System.NotSupportedException()")};");
            }
        });
    }

    public static void WriteStruct(CodeWriter code, SharedPasses shared, Dialect dialect)
    {
        code.Block($"public readonly unsafe struct Passes{dialect.Name} : IPasses<{dialect.Scalar}>", () =>
        {
            if (!dialect.IsScalar) ExponentialWriter.Write(code, dialect);
            if (dialect.HasTails) WriteSeen(code, dialect);
            foreach (var (program, pass) in shared.Distinct.Where(p => !dialect.PerLane || shared.InBatches.Contains(p.Pass)))
            {
                code.Line($"/// <summary>{pass.Formula}.</summary>");
                code.Line("[MethodImpl(AggressiveOptimization)]");
                code.Block($"public {Signature(program, pass, dialect.Scalar)}", () => new PassWriter(new(code, dialect, program, pass)).Write());
            }
        });
    }

    private static void WriteSeen(CodeWriter code, Dialect dialect)
    {
        code.Line("/// <summary>Of these lanes those that see a row: it is not after their own column, which is so many before it in the first.</summary>");
        code.Line("[MethodImpl(AggressiveInlining)]");
        code.Line($"private static V Seen(V lanes, nint row) => lanes & GreaterThanOrEqual(V.Indices, Create(({dialect.Scalar})row));");
        code.Line();
    }

    private static string Held(Expr e, string name) => Stored.Name(name, e.Shape.Columns != Extent.One && Stored.AsTranspose(e));

    private static string Signature(KernelProgram program, Pass pass, string scalar) =>
        $"void {pass.Name}({string.Join(", ", Parameters(program, pass).Select(p => $"{scalar}* {p}"))}, nint rows, nint columns, nint stride, bool causal, nint first{(pass.HasTotal ? $", {scalar}* total" : "")})";
}
