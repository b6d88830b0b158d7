using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>The stages between two products, gathered until the next product wants what they make.</summary>
internal sealed class PassInWaiting(Namer namer)
{
    private List<Stage> _pending = [];
    private HashSet<Expr> _made = [];
    private Shape _shape;
    private Shape _held;
    private bool _perHead;

    public bool IsEmpty => _pending.Count == 0;

    /// <summary>Whether a node will be there when the pass is done.</summary>
    public bool Makes(Expr e) => _made.Contains(e);

    /// <summary>Whether a formula has the shape of those that wait.</summary>
    public bool Takes(Expr formula) => IsEmpty || (_shape == formula.Shape && _perHead == formula.PerHead);

    public void Open(Expr formula) => (_shape, _held, _perHead) = (formula.Shape, Stored.ShapeOf(formula, Stored.AsTranspose(formula)), formula.PerHead);

    public void Add(Stage stage, params Expr[] made)
    {
        _pending.Add(stage);
        _made.UnionWith(made);
    }

    /// <summary>The pass, after which nothing waits.</summary>
    /// <param name="name">Its own.</param>
    /// <param name="ready">What stands in the workspace or waits here.</param>
    /// <param name="held">Gives a matrix that is read its buffer.</param>
    public Pass Close(string name, IEnumerable<Expr> ready, Action<Expr> held)
    {
        var known = new HashSet<Expr>(ready.Where(e => !_made.Contains(e) && namer.Names.ContainsKey(e)));
        foreach (var leaf in _pending.SelectMany(s => Columnwise.Leaves(s.Formula, [.. known, .. _made])).Where(l => l.Shape.Columns != Extent.One)) held(leaf);
        var pass = new Pass(
            name, _held, _pending, known, _perHead, _pending.Any(s => s.Formula.DependsOn == Role.Direction), string.Join("; ", Lines(known)));
        (_pending, _made) = ([], []);
        return pass;
    }

    private IEnumerable<string> Lines(IEnumerable<Expr> before)
    {
        var names = before.ToDictionary(e => e, e => namer[e]);
        foreach (var stage in _pending)
        {
            var formula = names.TryGetValue(stage.Formula, out var name) ? name : Printer.Print(stage.Formula, names);
            yield return stage switch
            {
                MapStage => $"{namer[stage.Formula]} = {formula}",
                SumStage r => $"{r.Scalar} = {(r is SumOverFeatures ? "colsum" : "rowsum")}({formula})",
                SoftmaxStage => $"{namer[stage.Made.First()]} = softmax({formula})",
                TotalStage t => $"L += {(t.Factor == 1 ? "" : t.Factor == 0.5 ? "½ " : t.Factor + " ")}Σ {formula}",
                _ => throw new NotSupportedException(stage.GetType().Name),
            };
            foreach (var made in stage.Made) names[made] = namer[made];
        }
    }
}
