using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>Writes one evaluation of a program as a method: what it needs of the point, which way it goes, and its steps in order.</summary>
internal static class EvaluationEmitter
{
    /// <param name="code">Where to.</param>
    /// <param name="program">The loss.</param>
    /// <param name="evaluation">What is evaluated.</param>
    /// <param name="steps">Writes its steps.</param>
    public static void Write(CodeWriter code, KernelProgram program, Evaluation evaluation, StepWriter steps)
    {
        var isBlocked = BlockedEmitter.Serves(program, evaluation);
        var isWhole = evaluation.Name == "Gradient" && isBlocked;
        code.Line($"/// <summary>{Summary(evaluation)}.</summary>");
        code.Line("[MethodImpl(AggressiveOptimization)]");
        code.Block(Head(evaluation), () =>
        {
            WritePoint(code, program, evaluation);
            WithoutMapsEmitter.WriteTurn(code, program, evaluation);
            if (isBlocked) code.Block("if (_size.N > MostWhole)", () => code.Line($"RunBlocked{evaluation.Name}();").Line("return;"));
            if (isWhole) code.Line("RunWholeGradient();");
            else steps.Write(evaluation.Steps);
        });
        if (isWhole)
        {
            code.Line();
            code.Line("[MethodImpl(AggressiveOptimization)]");
            code.Block("private void RunWholeGradient()", () => steps.Write(evaluation.Steps));
        }

        if (evaluation.Result.Length > 0 && evaluation.Name != Evaluation.GaussNewtonWithoutMaps)
            code.Line().Line($"public override T* {evaluation.Name}Result => {evaluation.Result};");
    }

    // What it leaves of what was known of the point, and what it has to make up for.
    private static void WritePoint(CodeWriter code, KernelProgram program, Evaluation evaluation)
    {
        if (evaluation.Name is "Loss" or "Gradient") code.Line("ClearTotal();");
        if (evaluation.Name == "Gradient") code.Line(evaluation.Steps.Any(s => s.PerHead) ? "_prepared = false;" : "(_prepared, _stale) = (false, false);");
        if (evaluation.Name == "Prepare") code.Line("_prepared = true;");
        if (evaluation.Name is "HessianVector" or "GaussNewton" or "Bend") code.Line("if (!_prepared) Prepare();");
        if (evaluation.Name == "Prepare" && !program.IsJoint)
        {
            code.Line("if (_size.N > MostWhole) RunBlockedPoint();");
            code.Line("else if (_stale) RunWholeGradient();");
        }
    }

    private static string Summary(Evaluation evaluation) => evaluation.Name switch
    {
        "Prepare" => "What all products with directions need of the point",
        Evaluation.PrepareWithoutMaps => "What a Gauss–Newton product without maps needs besides",
        Evaluation.GaussNewtonWithoutMaps => $"{evaluation.Equation} without maps, for scores that are not masked",
        _ => evaluation.Equation,
    };

    private static string Head(Evaluation evaluation) => evaluation.Name switch
    {
        "Prepare" or Evaluation.PrepareWithoutMaps => $"private void {evaluation.Name}()",
        Evaluation.GaussNewtonWithoutMaps => $"private void Run{evaluation.Name}()",
        _ => $"public override void Run{evaluation.Name}()",
    };
}
