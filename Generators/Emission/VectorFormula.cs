using System;
using System.Collections.Generic;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes an elementwise formula at one place: each matrix is loaded once, each subexpression computed once. Locals get a suffix where
/// several places are written side by side, in one column or in several.
/// </summary>
internal sealed class VectorFormula(CodeWriter code, Dialect dialect, IReadOnlyDictionary<Expr, string> names, ICollection<Expr> known, string at, string suffix, string column)
{
    private readonly Dictionary<Expr, string> _values = [];
    private int _next;

    /// <summary>The local that holds the value of a node, after writing whatever computes it.</summary>
    public string Value(Expr e) => _values.TryGetValue(e, out var local) ? local : _values[e] = Compute(e);

    /// <summary>Takes the value of a node from a local that stands there already.</summary>
    public void Take(Expr e, string local) => _values[e] = local;

    private string Compute(Expr e) => e switch
    {
        Symbol s when s.Shape == Shape.HeadColumn => Local(dialect.Load($"{s.Name} + {dialect.Place("i")}"), s.Name + "At"),
        Symbol s => Loaded(s, s.Name),
        _ when known.Contains(e) && e.Shape == Shape.PerRow => $"{names[e]}_{column}",
        _ when known.Contains(e) => Loaded(e, names[e]),
        Visible(var a) => Value(a),
        Across(var a) => Value(a),
        Repeated(var a) => Value(a),
        Centred c => Local($"{Value(c.A)} - {names[Columnwise.MeanOf(c)]}Mean_{column}"),
        Scaled { Factor: -1 } s => Local($"-{Value(s.A)}"),
        Scaled s => Local($"{dialect.Number(s.Factor)} * {Value(s.A)}"),
        Sum(var a, Scaled { Factor: -1 } b) when !_values.ContainsKey(b) => Local($"{Value(a)} - {Value(b.A)}"),
        Sum(var a, var b) => Local($"{Value(a)} + {Value(b)}"),
        Hadamard(var a, var b) => Local($"{Value(a)} * {Value(b)}"),
        _ => throw new NotSupportedException($"{e.GetType().Name} is not elementwise: {e}"),
    };

    private string Loaded(Expr e, string name)
    {
        var held = Stored.Name(name, Stored.AsTranspose(e));
        return Local(dialect.Load($"{held} + {at}"), held + "At");
    }

    private string Local(string value, string? name = null)
    {
        var local = (name ?? $"v{_next++}") + column + suffix;
        code.Line($"V {local} = {value};");
        return local;
    }
}
