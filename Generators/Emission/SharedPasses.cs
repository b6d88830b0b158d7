using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>Passes that read and write the same are written once, under the name that the first program gave them.</summary>
/// <param name="Distinct">Those that are written.</param>
/// <param name="Names">The name of every one.</param>
/// <param name="InBatches">Of those written, the ones that batches need, which know neither directions nor several heads.</param>
internal sealed record SharedPasses(IReadOnlyList<(KernelProgram Program, Pass Pass)> Distinct, IReadOnlyDictionary<Pass, string> Names, ICollection<Pass> InBatches)
{
    public static SharedPasses Of(IReadOnlyList<KernelProgram> programs)
    {
        var all = programs.SelectMany(program => PassesEmitter.Of(program).Select(pass => (Program: program, Pass: pass))).ToList();
        var groups = all.GroupBy(p => (p.Pass.Shape, p.Pass.Formula, Parameters: string.Join(" ", PassesEmitter.Parameters(p.Program, p.Pass)), Stored: string.Join(" ", Written(p.Program, p.Pass)))).ToList();
        return new SharedPasses(
            [.. groups.Select(g => g.First())],
            groups.SelectMany(g => g.Select(p => (p.Pass, g.First().Pass.Name))).ToDictionary(p => p.Pass, p => p.Name),
            [.. groups.Where(g => g.Any(p => IsInBatches(p.Program, p.Pass))).Select(g => g.First().Pass)]);
    }

    private static bool IsInBatches(KernelProgram program, Pass pass) =>
        program.Loss.Form.Prefix.Length == 0 && program.Evaluations.Any(e => e.Name is "Loss" or "Gradient" && e.Steps.Contains(pass));

    private static IEnumerable<string> Written(KernelProgram program, Pass pass) =>
        Lower.Targets(pass).Concat(pass.Stages.OfType<SumStage>().Select(s => s.Scalar).Where(program.StoredScalars.Contains));
}
