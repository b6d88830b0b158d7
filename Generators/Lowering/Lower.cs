using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>
/// From a loss and its derivatives to steps over named matrices. Products are steps of their own; whatever lies between two products is
/// elementwise or a reduction of rows and becomes one pass over the rows. What depends on X alone is computed once, with the gradient,
/// and kept for the products with directions.
/// </summary>
public static class Lower
{
    public static KernelProgram Program(Loss loss)
    {
        var derivatives = new Derivatives(loss);
        var namer = new Namer();
        var kept = new Schedule(namer, loss.Name);
        var value = kept.Fork().Run("Loss", loss.Equation, derivatives.Value);
        var gradient = kept.Run("Gradient", "(9)", derivatives.Value, derivatives.Gradient);
        var hessian = kept.Fork().Run("HessianVector", "(10)", derivatives.HessianVector);
        var gaussNewton = kept.Fork().Run("GaussNewton", "(11)", derivatives.GaussNewton);
        var bend = kept.Fork().Run("Bend", "(12)", derivatives.Bend);
        var evaluations = new[] { value, gradient, hessian, gaussNewton, bend };
        var inputs = Walk.ToRoot(derivatives.HessianVector, derivatives.Value).OfType<Symbol>()
            .Select(s => new Buffer(s.Name, s.Shape, s.Name)).Distinct().OrderBy(b => b.Name, StringComparer.Ordinal).ToList();
        var stored = CrossingScalars(evaluations, namer.Names);
        return new KernelProgram(loss, inputs, Buffers(evaluations, namer, stored), evaluations, namer.Names, stored);
    }

    // Row scalars that a later pass reads have to be kept; the others live and die in a register.
    private static HashSet<string> CrossingScalars(IEnumerable<Evaluation> evaluations, IReadOnlyDictionary<Expr, string> names)
    {
        var crossing = new HashSet<string>();
        foreach (var pass in evaluations.SelectMany(e => e.Steps).OfType<RowPass>())
        {
            var known = new HashSet<Expr>(pass.Known);
            foreach (var stage in pass.Stages)
            {
                crossing.UnionWith(RowFormula.Leaves(stage.Formula, known).Where(l => l.Shape == Shape.PerRow && pass.Known.Contains(l)).Select(l => names[l]));
                known.UnionWith(stage.Made);
            }
        }

        return crossing;
    }

    private static List<Buffer> Buffers(IEnumerable<Evaluation> evaluations, Namer namer, HashSet<string> stored)
    {
        var nodes = namer.Names.ToDictionary(p => p.Value, p => p.Key);
        var names = evaluations.SelectMany(e => e.Steps).SelectMany(Targets).Concat(stored).Distinct();
        return [.. names.Select(name => new Buffer(name, nodes[name].Shape, Printer.Print(nodes[name], namer.Names)))];
    }

    /// <summary>The matrices that a step writes.</summary>
    public static IEnumerable<string> Targets(Step step) => step switch
    {
        ProductStep p => [p.Target],
        TransposeStep t => [t.Target],
        RowPass pass => pass.Stages.Select(s => s switch { MapStage m => m.Target, SoftmaxStage f => f.Target, _ => null }).OfType<string>(),
        _ => throw new NotSupportedException(step.GetType().Name),
    };
}
