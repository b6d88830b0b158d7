using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes when a Gauss–Newton product goes without maps: where there is no mask, and its products of 2d²n operations are fewer than those of
/// 2dn² with maps. At a size that is known to the compiler only the mask is left to ask for.
/// </summary>
internal static class WithoutMapsEmitter
{
    /// <summary>The product without maps; null where the loss has none.</summary>
    public static Evaluation? Of(KernelProgram program) => program.Evaluations.SingleOrDefault(e => e.Name == Evaluation.GaussNewtonWithoutMaps);

    /// <summary>The evaluations that run at a size: those without maps only where that is less work.</summary>
    public static IEnumerable<Evaluation> Running(KernelProgram program, int d, int n) => Of(program) is { } without && With(program).Products * n <= without.Products * d
        ? program.Evaluations.Where(e => e.Name is not (Evaluation.PrepareWithoutMaps or Evaluation.GaussNewtonWithoutMaps))
        : program.Evaluations;

    public static void WriteChoice(CodeWriter code, KernelProgram program, Evaluation without)
    {
        var with = With(program);
        code.Line("/// <summary>Whether a Gauss–Newton product takes fewer operations without maps.</summary>");
        code.Block("private bool NeedsNoMaps", () =>
        {
            code.Line("[MethodImpl(AggressiveInlining)]");
            code.Line($"get => {with.Products} * _size.N > {without.Products} * _size.D && !Causal;");
        });
    }

    /// <summary>In an evaluation that has a twin without maps, the way there.</summary>
    public static void WriteTurn(CodeWriter code, KernelProgram program, Evaluation evaluation)
    {
        if (Of(program) is null) return;
        if (evaluation.Name == "Prepare") code.Line($"if (NeedsNoMaps) {Evaluation.PrepareWithoutMaps}();");
        if (evaluation.Name == "GaussNewton")
            code.Block("if (NeedsNoMaps)", () => code.Line($"Run{Evaluation.GaussNewtonWithoutMaps}();").Line("return;"));
    }

    private static Evaluation With(KernelProgram program) => program.Evaluations.Single(e => e.Name == "GaussNewton");
}
