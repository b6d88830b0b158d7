using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>Orders the nodes of one evaluation into steps, knowing what earlier evaluations have left in the workspace.</summary>
internal sealed class Schedule(Namer namer, string prefix)
{
    private readonly PassInWaiting _pass = new(namer);
    private HashSet<Expr> _ready = [];
    private HashSet<(Expr, bool)> _turned = [];
    private IReadOnlyDictionary<Expr, MixedSum> _mixed = new Dictionary<Expr, MixedSum>();
    private List<Step> _steps = [];
    private string _evaluation = "";

    /// <summary>Every buffer that a step reads or writes, with what it holds.</summary>
    public Dictionary<string, (Expr Node, bool Transposed)> Buffers { get; private init; } = [];

    /// <summary>A schedule that starts from the same matrices but leaves nothing behind.</summary>
    public Schedule Fork() => new(namer, prefix) { _ready = [.. _ready], _turned = [.. _turned], Buffers = Buffers };

    /// <summary>Lowers scalars and at most one matrix result.</summary>
    public Evaluation Run(string name, string equation, params Expr[] roots)
    {
        (_steps, _evaluation, _mixed) = ([], name, MixedSum.In(roots));
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
            case HeadSum s: Multiply(e, ProductTerms.Of(s.A) ?? throw new NotSupportedException($"no step for {e}"), perHead: true); break;
            case Product or Sum when ProductTerms.Of(e) is { } terms: Multiply(e, terms, e.PerHead); break;
            case Softmax or LogSumExp: Soften(e); break;
            case RowSum r: Reduce(r); break;
            default: Map(e); break;
        }
    }

    private void Multiply(Expr target, IReadOnlyList<Product> terms, bool perHead)
    {
        _ = namer[target]; // before its operands take theirs
        var transposed = Stored.AsTranspose(target);
        var factors = terms.Select(term => ProductTerms.Factors(term, transposed)).ToList();
        foreach (var (left, right, _) in factors)
        {
            Store(left.Node);
            Store(right.Node);
        }

        if (factors.Any(f => _pass.Makes(f.Left.Node) || _pass.Makes(f.Right.Node))) Flush();
        var sides = factors.Select(f => ProductSide.Of(f.Left, Held, Turned(f.Right.Node, f.Right.Transposed), Stored.BothWays(f.Right.Node), f.Depth)).ToList();
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

    private void Soften(Expr e)
    {
        // The softmax and the log-sum-exp of the same scores come from one sweep, and the softmax is needed by every derivative.
        var scores = ((Unary)e).A;
        var (p, lse) = (new Softmax(scores), new LogSumExp(scores));
        Operands(scores);
        _ready.Add(p);
        _ready.Add(lse);
        Open(scores);
        _pass.Add(new SoftmaxStage(Held(p), namer[lse], scores), p, lse);
    }

    private void Reduce(RowSum r)
    {
        Operands(r.A);
        Open(r.A);
        _pass.Add(new SumStage(namer[r], r.A), r);
    }

    private void Map(Expr e)
    {
        if (!Columnwise.IsElementwise(e)) throw new NotSupportedException($"no step for {e.GetType().Name} in {e}");
        Operands(e, root: true);
        if (e.Shape == Shape.Map) namer.Hint(e, _evaluation switch { "Gradient" or "Loss" => "dS", "HessianVector" => "HdS", "GaussNewton" => "GdS", _ => "KdS" });
        if (e.Shape == Shape.States) namer.Hint(e, "R");
        if (e.Shape == Shape.HeadStates) namer.Hint(e, "q");
        Open(e);
        if (_mixed.TryGetValue(e, out var mixed) && _ready.Add(mixed.Sum)) _pass.Add(new SumOverFeatures(namer[mixed.Sum], mixed.Formula, mixed.Sum), mixed.Sum);
        _pass.Add(new MapStage(Held(e), e), e);
    }

    private void Total(double factor, Dot dot)
    {
        var formula = new Hadamard(dot.A, dot.B);
        Operands(formula);
        Open(dot.A);
        _pass.Add(new TotalStage(factor, formula));
    }

    // Sees to it that everything an elementwise formula reads is there, without storing the formula itself.
    private void Operands(Expr e, bool root = false)
    {
        if (!root && (e is Symbol || (_ready.Contains(e) && namer.Names.ContainsKey(e)))) return;
        if (e is Centred c) Need(Columnwise.MeanOf(c));
        if (Columnwise.IsElementwise(e) && ProductTerms.Of(e) is null)
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
        if (!_pass.Takes(formula)) Flush();
        _pass.Open(formula);
    }

    private void Flush()
    {
        if (!_pass.IsEmpty) _steps.Add(_pass.Close($"{prefix}{_evaluation}{_steps.OfType<Pass>().Count() + 1}", _ready, leaf => Held(leaf)));
    }
}
