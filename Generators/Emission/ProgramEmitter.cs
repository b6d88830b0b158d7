using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>Writes one loss as a class: its buffers and, for every evaluation, its steps in order. Serves every size, width and precision.</summary>
internal static class ProgramEmitter
{
    private static readonly Dictionary<string, string> NotRenamed = [];

    public static void Write(CodeWriter code, KernelProgram program, IReadOnlyDictionary<Pass, string> passNames)
    {
        var name = program.Loss.Name + "Program";
        var memory = new ProgramMemory(program);
        code.Line($"/// <summary>{program.Loss.Equation} L = {program.Loss.Summary}{(program.IsJoint ? ", summed over heads that share X" : "")}.</summary>");
        code.Line($"internal unsafe class {name}<TSize, TPanels, TPasses, T> : LossProgram<T>");
        code.Line("    where TSize : struct, IProblemSize");
        code.Line("    where TPanels : struct, IPanels<T>");
        code.Line("    where TPasses : struct, IPasses<T>");
        code.Block("    where T : unmanaged", () =>
        {
            WriteFields(code, program, memory);
            WriteConstructor(code.Line(), name, memory);
            if (!program.IsJoint) BlockedEmitter.Write(code, program, memory.Trial, passNames);
            foreach (var evaluation in program.Evaluations)
                EvaluationEmitter.Write(code.Line(), program, evaluation, new StepWriter(code, program, evaluation.Name == "Loss" ? memory.Trial : NotRenamed, passNames));
            if (WithoutMapsEmitter.Of(program) is { } without) WithoutMapsEmitter.WriteChoice(code.Line(), program, without);
            WriteProducts(code, program);
        });
    }

    private static void WriteFields(CodeWriter code, KernelProgram program, ProgramMemory memory)
    {
        code.Line("private readonly TSize _size;");
        code.Line("private readonly TPanels _panels;");
        code.Line("private readonly TPasses _passes;");
        memory.WriteFields(code);
        code.Line("private bool _prepared;");
        if (!program.IsJoint) code.Line("private bool _stale;");
    }

    private static void WriteConstructor(CodeWriter code, string name, ProgramMemory memory)
    {
        code.Line($"public {name}(TSize size, TPanels panels, TPasses passes, ProgramRequest request, int lanes)");
        code.Block("    : base(ProblemShape.Of(size, lanes), request)", () =>
        {
            code.Line("(_size, _panels, _passes) = (size, panels, passes);");
            memory.WritePlaces(code);
        });
    }

    private static void WriteProducts(CodeWriter code, KernelProgram program)
    {
        var compares = Compares(program);
        ProductMethods.WriteSingle(code.Line());
        if (!program.IsJoint)
        {
            WriteStale(code.Line());
            ProductMethods.WriteRanges(code.Line(), compares);
        }

        if (compares) ProductMethods.WriteResidual(code.Line());
        ProductMethods.WritePair(code.Line());
        ProductMethods.WriteTwin(code.Line());
        if (WithoutMapsEmitter.Of(program) is not null) ProductMethods.WriteSum(code.Line());
    }

    private static bool Compares(KernelProgram program) =>
        program.Evaluations.Any(e => e.Steps.Zip(e.Steps.Skip(1), (step, next) => ComparedProduct.Of(program, step, next)).Any(compared => compared is not null));

    private static void WriteStale(CodeWriter code)
    {
        code.Line("/// <summary>After a gradient that kept nothing: products with directions make up for it.</summary>");
        code.Line("private protected void LeaveStale() => (_prepared, _stale) = (false, true);");
    }
}
