using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>Orders the nodes of one evaluation into steps, knowing what earlier evaluations have left in the workspace.</summary>
internal sealed class Schedule(Namer namer, string prefix)
{
    private HashSet<Expr> _ready = [];
    private List<Step> _steps = [];
    private List<RowStage> _pending = [];
    private HashSet<Expr> _inPending = [];
    private Shape _pendingShape;
    private string _evaluation = "";

    /// <summary>A schedule that starts from the same matrices but leaves nothing behind.</summary>
    public Schedule Fork() => new(namer, prefix) { _ready = [.. _ready] };

    /// <summary>Lowers scalars and at most one matrix result.</summary>
    public Evaluation Run(string name, string equation, params Expr[] roots)
    {
        (_steps, _evaluation) = ([], name);
        var result = roots.FirstOrDefault(r => r.Shape != Shape.Scalar);
        if (result is not null) namer.Hint(result, name switch { "Gradient" => "G", "HessianVector" => "HU", "GaussNewton" => "GU", _ => "KU" });
        foreach (var root in roots) Need(root);
        Flush();
        return new Evaluation(name, equation, _steps, result is null ? "" : namer[result]);
    }

    private void Need(Expr e)
    {
        if (e is Symbol || !_ready.Add(e)) return;
        switch (e)
        {
            case Scaled { A: Dot dot } s: Total(s.Factor, dot); break;
            case Dot dot: Total(1, dot); break;
            case Product: Multiply(e, [(Product)e]); break;
            case Sum when Terms(e) is { } terms: Multiply(e, terms); break;
            case Transposed t: Transpose(t); break;
            case Softmax or LogSumExp: Soften(e); break;
            case RowSum r: Reduce(r); break;
            default: Map(e); break;
        }
    }

    private void Multiply(Expr target, IReadOnlyList<Product> terms)
    {
        var name = namer[target]; // before its operands take theirs
        foreach (var (term, first) in terms.Select((t, i) => (t, i == 0)))
        {
            var left = term.A is Transposed t ? t.A : term.A;
            Store(left);
            Store(term.B);
            if (Waiting(left) || Waiting(term.B)) Flush();
            _steps.Add(new ProductStep(Kind(term), name, namer[left], namer[term.B], !first, Line(target, first ? "=" : "+=", term)));
        }
    }

    private void Transpose(Transposed t)
    {
        Store(t.A);
        if (Waiting(t.A)) Flush();
        _steps.Add(new TransposeStep(namer[t], namer[t.A], Line(t, "=", t)));
    }

    private void Soften(Expr e)
    {
        // The softmax and the log-sum-exp of the same scores come from one sweep, and the softmax is needed by every derivative.
        var scores = ((Unary)e).A;
        var (p, lse) = (new Softmax(scores), new LogSumExp(scores));
        Operands(scores);
        _ready.Add(p);
        _ready.Add(lse);
        Open(Shape.Map, scores);
        _pending.Add(new SoftmaxStage(namer[p], namer[lse], scores));
        _inPending.Add(p);
        _inPending.Add(lse);
    }

    private void Reduce(RowSum r)
    {
        Operands(r.A);
        Open(Shape.Map, r.A);
        _pending.Add(new SumStage(namer[r], r.A));
        _inPending.Add(r);
    }

    private void Map(Expr e)
    {
        if (!RowFormula.IsElementwise(e)) throw new NotSupportedException($"no step for {e.GetType().Name} in {e}");
        Operands(e, root: true);
        namer.Hint(e, _evaluation switch { "Gradient" or "Loss" => "dS", "HessianVector" => "HdS", "GaussNewton" => "GdS", _ => "KdS" });
        Open(e.Shape, e);
        _pending.Add(new MapStage(namer[e], e));
        _inPending.Add(e);
    }

    private void Total(double factor, Dot dot)
    {
        var formula = dot.A.Equals(dot.B) ? new Hadamard(dot.A, dot.A) : new Hadamard(dot.A, dot.B);
        Operands(formula);
        Open(dot.A.Shape, formula);
        _pending.Add(new TotalStage(factor, formula));
    }

    // Sees to it that everything an elementwise formula reads is there, without storing the formula itself.
    private void Operands(Expr e, bool root = false)
    {
        if (!root && (e is Symbol || (_ready.Contains(e) && namer.Names.ContainsKey(e)))) return;
        if (e is Centred c) Need(RowFormula.MeanOf(c));
        if (RowFormula.IsElementwise(e) && Terms(e) is null)
            foreach (var operand in Walk.Operands(e)) Operands(operand);
        else Need(e);
    }

    // A matrix that a product reads has to be stored; one that is used inside rows only is recomputed there.
    private void Store(Expr e)
    {
        if (e is Symbol || _ready.Contains(e)) return;
        Need(e);
    }

    private void Open(Shape shape, Expr formula)
    {
        if (_pending.Count > 0 && _pendingShape != shape) Flush();
        _pendingShape = shape;
    }

    private bool Waiting(Expr e) => _inPending.Contains(e);

    private void Flush()
    {
        if (_pending.Count == 0) return;
        var number = _steps.OfType<RowPass>().Count() + 1;
        var known = new HashSet<Expr>(_ready.Where(e => !_inPending.Contains(e) && namer.Names.ContainsKey(e)));
        _steps.Add(new RowPass($"{prefix}{_evaluation}{number}", _pendingShape, _pending, known, string.Join("; ", Lines(known))));
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
                MapStage m => $"{m.Target} = {formula}",
                SumStage r => $"{r.Scalar} = rowsum({formula})",
                SoftmaxStage f => $"{f.Target} = softmax({formula})",
                TotalStage t => $"L += {(t.Factor == 1 ? "" : t.Factor == 0.5 ? "½ " : t.Factor + " ")}Σ {formula}",
                _ => throw new NotSupportedException(stage.GetType().Name),
            };
            foreach (var made in stage.Made) names[made] = namer[made];
        }
    }

    private string Line(Expr target, string sign, Expr value)
    {
        var names = namer.Names.Where(p => !p.Key.Equals(value)).ToDictionary(p => p.Key, p => p.Value);
        return $"{namer[target]} {sign} {Printer.Print(value, names)}";
    }

    // A sum of nothing but products accumulates in place.
    private static IReadOnlyList<Product>? Terms(Expr e) => e switch
    {
        Product p => [p],
        Sum s when Terms(s.A) is { } a && Terms(s.B) is { } b => [.. a, .. b],
        _ => null,
    };

    private static ProductKind Kind(Product p) => (p.A is Transposed, p.A.Shape, p.B.Shape) switch
    {
        (false, var a, var b) when a == Shape.Weights && b == Shape.States => ProductKind.WeightsStates,
        (true, var a, var b) when a == Shape.Weights && b == Shape.States => ProductKind.WeightsTransposedStates,
        (true, var a, var b) when a == Shape.States.Flipped && b == Shape.States => ProductKind.StatesTransposedStates,
        (false, var a, var b) when a == Shape.States && b == Shape.Map => ProductKind.StatesMap,
        _ => throw new NotSupportedException($"no product {p.A.Shape} · {p.B.Shape} in {p}"),
    };
}
