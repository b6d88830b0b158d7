using System.Collections.Generic;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Lowering;

/// <summary>Gives every stored node a short name that a reader of the derivation would guess.</summary>
internal sealed class Namer(Form form)
{
    private readonly Dictionary<Expr, string> _names = new()
    {
        [((Visible)form.S).A] = "S",
        [new Softmax(form.S)] = "P",
    };

    private readonly HashSet<string> _taken = ["S", "P", "X", "W", "U", "V", "B", "Bt", "T", "q", "d", "n", "h"];

    public IReadOnlyDictionary<Expr, string> Names => _names;

    public string this[Expr e] => e is Symbol s ? s.Name : _names.TryGetValue(e, out var name) ? name : _names[e] = Fresh(Guess(e));

    /// <summary>Prefers this name for a node that has none yet.</summary>
    public void Hint(Expr e, string name)
    {
        if (e is not Symbol && !_names.ContainsKey(e)) _names[e] = Fresh(name);
    }

    /// <summary>Gives a node the name, and so the place, of another with the same value.</summary>
    public void Share(Expr e, Expr other) => _names[e] = this[other];

    private string Guess(Expr e) => e switch
    {
        Product p => Short(Piece(p.A) + Piece(p.B), "M"),
        Transposed t => Short(Piece(t.A) + "t", "T"),
        Sum when e.Shape == Shape.Weights => "M",
        Sum when e.DependsOn == Role.Direction => "dotS",
        Softmax => "P",
        RowSum => "r",
        HeadSum => "O",
        LogSumExp => "lse",
        _ => "T",
    };

    private string Piece(Expr e) => e switch
    {
        Symbol s => s.Name,
        Transposed t => Piece(t.A) + "t",
        _ => _names.TryGetValue(e, out var name) ? name : "M",
    };

    private static string Short(string name, string otherwise) => name.Length <= 6 ? name : otherwise;

    private string Fresh(string name)
    {
        if (_taken.Add(name)) return name;
        for (var k = 2; ; k++)
            if (_taken.Add(name + k)) return name + k;
    }
}
