using System;
using System.Collections.Generic;
using System.Globalization;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>Writes an elementwise formula at one position j: each matrix is loaded once, each subexpression computed once.</summary>
internal sealed class VectorFormula(CodeWriter code, Dialect dialect, IReadOnlyDictionary<Expr, string> names, ICollection<Expr> known)
{
    private readonly Dictionary<Expr, string> _values = [];
    private int _next;

    /// <summary>The local that holds the value of a node, after writing whatever computes it.</summary>
    public string Value(Expr e) => _values.TryGetValue(e, out var local) ? local : _values[e] = Compute(e);

    private string Compute(Expr e) => e switch
    {
        Symbol s => Local(dialect.Load($"{s.Name} + j"), s.Name + "At"),
        _ when known.Contains(e) && e.Shape == Shape.PerRow => names[e] + "_",
        _ when known.Contains(e) => Local(dialect.Load($"{names[e]} + j"), names[e] + "At"),
        Visible(var a) => Value(a),
        Across(var a) => Value(a),
        Centred c => Local($"{Value(c.A)} - {names[RowFormula.MeanOf(c)]}Mean_"),
        Scaled { Factor: -1 } s => Local($"-{Value(s.A)}"),
        Scaled s => Local($"{dialect.Create($"({dialect.Scalar}){s.Factor.ToString("R", CultureInfo.InvariantCulture)}")} * {Value(s.A)}"),
        Sum(var a, Scaled { Factor: -1 } b) when !_values.ContainsKey(b) => Local($"{Value(a)} - {Value(b.A)}"),
        Sum(var a, var b) => Local($"{Value(a)} + {Value(b)}"),
        Hadamard(var a, var b) => Local($"{Value(a)} * {Value(b)}"),
        _ => throw new NotSupportedException($"{e.GetType().Name} is not elementwise: {e}"),
    };

    private string Local(string value, string? name = null)
    {
        var local = name ?? $"v{_next++}";
        code.Line($"V {local} = {value};");
        return local;
    }
}
