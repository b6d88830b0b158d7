using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>Orders the nodes of one evaluation into steps, knowing what earlier evaluations have left in the workspace.</summary>
internal sealed class Schedule(Namer namer, string prefix)
{
    private HashSet<Expr> _ready = [];
    private HashSet<(Expr, bool)> _turned = [];
    private List<Step> _steps = [];
    private List<Stage> _pending = [];
    private HashSet<Expr> _inPending = [];
    private Shape _pendingShape;
    private bool _pendingPerHead;
    private string _evaluation = "";

    /// <summary>Every buffer that a step reads or writes, with what it holds.</summary>
    public Dictionary<string, (Expr Node, bool Transposed)> Buffers { get; private init; } = [];

    /// <summary>A schedule that starts from the same matrices but leaves nothing behind.</summary>
    public Schedule Fork() => new(namer, prefix) { _ready = [.. _ready], _turned = [.. _turned], Buffers = Buffers };

    /// <summary>Lowers scalars and at most one matrix result.</summary>
    public Evaluation Run(string name, string equation, params Expr[] roots)
    {
        (_steps, _evaluation) = ([], name);
        var result = roots.FirstOrDefault(r => r.Shape != Shape.Scalar);
        if (result is not null) namer.Hint(result, name switch { "Gradient" => "G", "HessianVector" => "HU", "GaussNewton" => "GU", _ => "KU" });
        foreach (var root in roots) Need(root);
        Flush();
        return new Evaluation(name, equation, _steps, result is null ? "" : Held(result));
    }

    private void Need(Expr e)
    {
        if (e is Symbol || !_ready.Add(e)) return;
        switch (e)
        {
            case Scaled { A: Dot dot } s: Total(s.Factor, dot); break;
            case Dot dot: Total(1, dot); break;
            case HeadSum s: Multiply(e, Terms(s.A) ?? throw new NotSupportedException($"no step for {e}"), perHead: true); break;
            case Product or Sum when Terms(e) is { } terms: Multiply(e, terms, e.PerHead); break;
            case Softmax or LogSumExp: Soften(e); break;
            case RowSum r: Reduce(r); break;
            default: Map(e); break;
        }
    }

    private void Multiply(Expr target, IReadOnlyList<Product> terms, bool perHead)
    {
        _ = namer[target]; // before its operands take theirs
        var transposed = Stored.AsTranspose(target);
        var factors = terms.Select(term => Factors(term, transposed)).ToList();
        foreach (var (left, right, _) in factors)
        {
            Store(left.Node);
            Store(right.Node);
        }

        if (factors.Any(f => Waiting(f.Left.Node) || Waiting(f.Right.Node))) Flush();
        var sides = factors.Select(f => Side.Of(f.Left, Held, Turned(f.Right.Node, f.Right.Transposed), Stored.BothWays(f.Right.Node), f.Depth)).ToList();
        var to = Held(target);
        var result = Stored.ShapeOf(target, transposed);
        var start = target is HeadSum ? Start.SumOverHeads : Start.Set;
        while (sides.Count > 0)
        {
            var side = sides[0];
            sides.RemoveAt(0);
            var sign = start == Start.Set ? "=" : "+=";
            var along = target.DependsOn == Role.Direction;
            if (sides.Find(s => s.Left == side.Left && s.Transposed != side.Transposed) is { } twin)
            {
                sides.Remove(twin);
                var (straight, turned) = side.Transposed ? (twin, side) : (side, twin);
                _steps.Add(new PairStep(
                    result, side.Depth, to, side.Left, straight.Right, turned.Right, start, perHead, along, $"{to} {sign} {side.Left} {straight.Right} + {side.Left}ᵀ {turned.Right}"));
            }
            else
            {
                _steps.Add(new ProductStep(
                    result, side.Depth, to, side.Left, side.Transposed, side.Right, side.RightIsWeights, start, perHead, along, $"{to} {sign} {side.Left}{(side.Transposed ? "ᵀ" : "")} {side.Right}"));
            }

            start = Start.Add;
        }
    }

    // C = A B, or Cᵀ = Bᵀ Aᵀ where the transpose is what is held.
    private static ((Expr Node, bool Transposed) Left, (Expr Node, bool Transposed) Right, Extent Depth) Factors(Product term, bool transposed) => transposed
        ? (Flip(Bare(term.B)), Flip(Bare(term.A)), term.B.Shape.Rows)
        : (Bare(term.A), Bare(term.B), term.A.Shape.Columns);

    // One product of a sum by its buffers. The left one is taken as it lies.
    private sealed record Side(string Left, bool Transposed, string Right, bool RightIsWeights, Extent Depth)
    {
        public static Side Of((Expr Node, bool Transposed) left, Func<Expr, bool, string> held, string right, bool rightIsWeights, Extent depth)
        {
            var lies = Stored.BothWays(left.Node) ? left.Transposed : Stored.AsTranspose(left.Node);
            return new Side(held(left.Node, lies), lies != left.Transposed, right, rightIsWeights, depth);
        }
    }

    // The buffer that holds a node in the orientation asked for, turned first if need be.
    private string Turned(Expr node, bool transposed)
    {
        if (Stored.BothWays(node) || Stored.AsTranspose(node) == transposed) return Held(node, transposed);
        var name = Held(node, transposed);
        if (!_turned.Add((node, transposed))) return name;
        var from = Held(node);
        _steps.Add(new TransposeStep(Stored.ShapeOf(node, !transposed), name, from, node.PerHead, node.DependsOn == Role.Direction, $"{name} = {from}ᵀ"));
        return name;
    }

    private string Held(Expr node) => Held(node, Stored.AsTranspose(node));

    private string Held(Expr node, bool transposed)
    {
        var name = Stored.Name(namer[node], transposed);
        if (!Buffers.ContainsKey(name)) Buffers[name] = (node, transposed);
        return name;
    }

    private static (Expr Node, bool Transposed) Bare(Expr e) => e is Transposed t ? (t.A, true) : (e, false);

    private static (Expr Node, bool Transposed) Flip((Expr Node, bool Transposed) side) => (side.Node, !side.Transposed);

    private void Soften(Expr e)
    {
        // The softmax and the log-sum-exp of the same scores come from one sweep, and the softmax is needed by every derivative.
        var scores = ((Unary)e).A;
        var (p, lse) = (new Softmax(scores), new LogSumExp(scores));
        Operands(scores);
        _ready.Add(p);
        _ready.Add(lse);
        Open(scores);
        _pending.Add(new SoftmaxStage(Held(p), namer[lse], scores));
        _inPending.Add(p);
        _inPending.Add(lse);
    }

    private void Reduce(RowSum r)
    {
        Operands(r.A);
        Open(r.A);
        _pending.Add(new SumStage(namer[r], r.A));
        _inPending.Add(r);
    }

    private void Map(Expr e)
    {
        if (!Columnwise.IsElementwise(e)) throw new NotSupportedException($"no step for {e.GetType().Name} in {e}");
        Operands(e, root: true);
        if (e.Shape == Shape.Map) namer.Hint(e, _evaluation switch { "Gradient" or "Loss" => "dS", "HessianVector" => "HdS", "GaussNewton" => "GdS", _ => "KdS" });
        if (e.Shape == Shape.States) namer.Hint(e, "R");
        if (e.Shape == Shape.HeadStates) namer.Hint(e, "q");
        Open(e);
        _pending.Add(new MapStage(Held(e), e));
        _inPending.Add(e);
    }

    private void Total(double factor, Dot dot)
    {
        var formula = new Hadamard(dot.A, dot.B);
        Operands(formula);
        Open(dot.A);
        _pending.Add(new TotalStage(factor, formula));
    }

    // Sees to it that everything an elementwise formula reads is there, without storing the formula itself.
    private void Operands(Expr e, bool root = false)
    {
        if (!root && (e is Symbol || (_ready.Contains(e) && namer.Names.ContainsKey(e)))) return;
        if (e is Centred c) Need(Columnwise.MeanOf(c));
        if (Columnwise.IsElementwise(e) && Terms(e) is null)
            foreach (var operand in Walk.Operands(e)) Operands(operand);
        else Need(e);
    }

    // A matrix that a product reads has to be stored; one that is used inside a pass only is recomputed there.
    private void Store(Expr e)
    {
        if (e is Symbol || _ready.Contains(e)) return;
        Need(e);
    }

    private void Open(Expr formula)
    {
        if (_pending.Count > 0 && (_pendingShape != formula.Shape || _pendingPerHead != formula.PerHead)) Flush();
        (_pendingShape, _pendingPerHead) = (formula.Shape, formula.PerHead);
    }

    private bool Waiting(Expr e) => _inPending.Contains(e);

    private void Flush()
    {
        if (_pending.Count == 0) return;
        var number = _steps.OfType<Pass>().Count() + 1;
        var known = new HashSet<Expr>(_ready.Where(e => !_inPending.Contains(e) && namer.Names.ContainsKey(e)));
        foreach (var leaf in _pending.SelectMany(s => Columnwise.Leaves(s.Formula, [.. known, .. _inPending])).Where(l => l.Shape.Columns != Extent.One))
            _ = Held(leaf);
        _steps.Add(new Pass(
            $"{prefix}{_evaluation}{number}", _pendingShape.Flipped, _pending, known, _pendingPerHead,
            _pending.Any(s => s.Formula.DependsOn == Role.Direction), string.Join("; ", Lines(known))));
        (_pending, _inPending) = ([], []);
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
                SumStage r => $"{r.Scalar} = rowsum({formula})",
                SoftmaxStage => $"{namer[stage.Made.First()]} = softmax({formula})",
                TotalStage t => $"L += {(t.Factor == 1 ? "" : t.Factor == 0.5 ? "½ " : t.Factor + " ")}Σ {formula}",
                _ => throw new NotSupportedException(stage.GetType().Name),
            };
            foreach (var made in stage.Made) names[made] = namer[made];
        }
    }

    // A sum of nothing but products accumulates in place.
    private static IReadOnlyList<Product>? Terms(Expr e) => e switch
    {
        Product p => [p],
        Sum s when Terms(s.A) is { } a && Terms(s.B) is { } b => [.. a, .. b],
        _ => null,
    };
}
