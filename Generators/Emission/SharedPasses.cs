using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>Passes that do the same, to whatever matrices, are written once, under the name that the first program gave them.</summary>
/// <param name="Distinct">Those that are written.</param>
/// <param name="Names">The name of every one.</param>
/// <param name="InBatches">Of those written, the ones that batches need, which know neither directions nor several heads.</param>
internal sealed record SharedPasses(IReadOnlyList<(KernelProgram Program, Pass Pass)> Distinct, IReadOnlyDictionary<Pass, string> Names, ICollection<Pass> InBatches)
{
    // A matrix or scalar, and what a local that was loaded from it ends in.
    private static readonly Regex Identifier = new(@"\b([A-Za-z]\w*?)(At\w*|Mean_\w*|_\w*)?\b");

    public static SharedPasses Of(IReadOnlyList<KernelProgram> programs)
    {
        var all = programs.SelectMany(program => PassesEmitter.Of(program).Select(pass => (Program: program, Pass: pass))).ToList();
        var groups = all.GroupBy(p => Nameless(p.Program, p.Pass)).ToList();
        return new SharedPasses(
            [.. groups.Select(g => g.First())],
            groups.SelectMany(g => g.Select(p => (p.Pass, g.First().Pass.Name))).ToDictionary(p => p.Pass, p => p.Name),
            [.. groups.Where(g => g.Any(p => IsInBatches(p.Program, p.Pass))).Select(g => g.First().Pass)]);
    }

    private static bool IsInBatches(KernelProgram program, Pass pass) =>
        !program.IsJoint && program.Evaluations.Any(e => e.Name is "Loss" or "Gradient" && e.Steps.Contains(pass));

    // The text of a pass with its matrices by their places: what is the same for any names is written once, whatever each program calls them.
    private static string Nameless(KernelProgram program, Pass pass)
    {
        var (code, parameters) = (new CodeWriter(), PassesEmitter.Parameters(program, pass).Select((name, place) => (name, place)).ToDictionary(p => p.name, p => p.place));
        code.Line($"{pass.Shape} {pass.FollowsDirection}");
        new PassWriter(new(code, Dialect.All.First(d => d.IsScalar), program, pass)).Write();
        return Identifier.Replace(code.ToString(), found => parameters.TryGetValue(found.Groups[1].Value, out var place) ? $"#{place}{found.Groups[2].Value}" : found.Value);
    }
}
