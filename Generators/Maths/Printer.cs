using System;
using System.Collections.Generic;
using System.Globalization;

namespace Unmask.Generators.Maths;

/// <summary>Writes an expression as on paper. A name given for a node stands for all that is below it.</summary>
public static class Printer
{
    public static string Print(Expr root) => Print(root, new Dictionary<Expr, string>());

    public static string Print(Expr root, IReadOnlyDictionary<Expr, string> names)
    {
        return Open(root);

        // The root is always spelled out; below it names are used.
        string Open(Expr e) => e switch
        {
            Symbol s => s.Name,
            Zero => "0",
            Transposed(var a) => (a is Product && !names.ContainsKey(a) ? $"({Open(a)})" : Tight(a)) + "ᵀ",
            Scaled { Factor: -1 } s => "−" + Tight(s.A),
            Scaled s => Number(s.Factor) + "·" + Tight(s.A),
            Visible(var a) => Of(a),
            Centred(var a) => $"centred({Of(a)})",
            RowSum(var a) => $"rowsum({Of(a)})",
            Across(var a) => Of(a),
            Repeated(var a) => $"{Tight(a)} 1ᵀ",
            HeadSum(var a) => $"Σₕ {Tight(a)}",
            Softmax(var a) => $"softmax({Of(a)})",
            LogSumExp(var a) => $"logsumexp({Of(a)})",
            Sum(var a, Scaled { Factor: -1 } b) => $"{Of(a)} − {Tight(b.A)}",
            Sum(var a, var b) => $"{Of(a)} + {Of(b)}",
            Hadamard(var a, var b) => $"{Tight(a)} ∘ {Tight(b)}",
            Product(var a, var b) => $"{Tight(a)} {Tight(b)}",
            Dot(var a, var b) => $"⟨{Of(a)}, {Of(b)}⟩",
            _ => throw new NotSupportedException($"cannot print {e.GetType().Name}"),
        };

        string Of(Expr e) => names.TryGetValue(e, out var name) ? name : Open(e);

        string Tight(Expr e) => names.TryGetValue(e, out var name) ? name : Loose(e) ? $"({Open(e)})" : Open(e);

        static bool Loose(Expr e) => e switch
        {
            Sum or Hadamard or Scaled => true,
            Visible(var a) => Loose(a),
            Across(var a) => Loose(a),
            _ => false,
        };

        static string Number(double value) => value == 0.5 ? "½" : value.ToString("R", CultureInfo.InvariantCulture);
    }
}
