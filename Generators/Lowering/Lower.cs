using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>
/// From a loss and its derivatives to steps over named matrices. Products are steps of their own; whatever lies between two products is
/// elementwise or a sum over keys and becomes one pass. What depends on X alone is computed once: with the gradient where that needs it,
/// else in a step of preparation before the first product with a direction.
/// </summary>
public static class Lower
{
    public static KernelProgram Program(Loss loss)
    {
        var derivatives = new Derivatives(loss);
        var namer = new Namer(loss.Form);
        var kept = new Schedule(namer, loss.Name);
        var value = kept.Fork().Run("Loss", loss.Equation, derivatives.Value);
        var gradient = kept.Run("Gradient", "(9)", derivatives.Value, derivatives.Gradient);
        var along = new[]
        {
            kept.Fork().Run("HessianVector", "(10)", derivatives.HessianVector),
            kept.Fork().Run("GaussNewton", "(11)", derivatives.GaussNewton),
            kept.Fork().Run("Bend", "(12)", derivatives.Bend),
        };
        var evaluations = new[] { value, gradient }.Concat(Split("Prepare", along)).ToList();
        if (derivatives.GaussNewtonWithoutMaps is { } other)
        {
            namer.Share(other, derivatives.GaussNewton);
            evaluations.AddRange(Split(Evaluation.PrepareWithoutMaps, kept.Fork().Run(Evaluation.GaussNewtonWithoutMaps, "(17)", other)));
        }

        var stored = CrossingScalars(evaluations, namer.Names);
        var all = kept.Buffers.Where(b => b.Value.Node.Shape.Columns != Extent.One)
            .Select(b => new Buffer(b.Key, Stored.ShapeOf(b.Value.Node, b.Value.Transposed), b.Value.Node.PerHead, Formula(b.Value.Node, b.Value.Transposed, namer)))
            .OrderBy(b => b.Name, StringComparer.Ordinal).ToList();
        var nodes = namer.Names.Where(p => p.Key.Shape == Shape.PerRow).ToDictionary(p => p.Value, p => p.Key);
        all.AddRange(stored.Select(s => new Buffer(s, Shape.PerRow, nodes[s].PerHead, Printer.Print(nodes[s], namer.Names))));
        var columns = Walk.ToRoot(derivatives.Value).OfType<Symbol>().Where(s => s.Shape == Shape.HeadColumn)
            .Select(s => new Buffer(s.Name, s.Shape, s.PerHead, s.Name));
        var inputs = all.Where(b => kept.Buffers.TryGetValue(b.Name, out var held) && held.Node is Symbol).Concat(columns).ToList();
        return new KernelProgram(loss, inputs, [.. all.Except(inputs)], evaluations, namer.Names, stored);
    }

    // What needs the point alone becomes an evaluation of its own, before those that follow a direction.
    private static IEnumerable<Evaluation> Split(string prepare, params Evaluation[] along) =>
    [
        new Evaluation(prepare, "", [.. along.SelectMany(e => e.Steps).Where(s => !s.FollowsDirection).Distinct()], ""),
        .. along.Select(e => e with { Steps = [.. e.Steps.Where(s => s.FollowsDirection)] }),
    ];

    private static string Formula(Expr node, bool transposed, Namer namer) =>
        (node is Symbol s ? s.Name : Printer.Print(node, namer.Names)) is var text && transposed ? (text.Contains(" ") ? $"({text})ᵀ" : text + "ᵀ") : text;

    // Query scalars that a later pass reads have to be kept; the others live and die in a register.
    private static HashSet<string> CrossingScalars(IEnumerable<Evaluation> evaluations, IReadOnlyDictionary<Expr, string> names)
    {
        var crossing = new HashSet<string>();
        foreach (var pass in evaluations.SelectMany(e => e.Steps).OfType<Pass>())
        {
            var known = new HashSet<Expr>(pass.Known);
            foreach (var stage in pass.Stages)
            {
                crossing.UnionWith(Columnwise.Leaves(stage.Formula, known).Where(l => l.Shape == Shape.PerRow && pass.Known.Contains(l)).Select(l => names[l]));
                known.UnionWith(stage.Made);
            }
        }

        return crossing;
    }

    /// <summary>The matrices that a step writes.</summary>
    public static IEnumerable<string> Targets(Step step) => step switch
    {
        ProductStep p => [p.Target],
        PairStep p => [p.Target],
        TransposeStep t => [t.Target],
        Pass pass => pass.Stages.Select(s => s switch { MapStage m => m.Target, SoftmaxStage f => f.Target, _ => null }).OfType<string>(),
        _ => throw new NotSupportedException(step.GetType().Name),
    };
}
