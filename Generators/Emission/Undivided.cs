using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>
/// What is made of a softmax before it is divided. The exponentials E of P = E over are there long before over, the inverse of their columns' sums: so a product A Pᵀ, whose
/// columns are those of P as it is held, is written with E, and scaled when both are there.
/// </summary>
internal sealed class Undivided(GroupedMatrices matrices)
{
    private readonly Dictionary<string, IReadOnlyList<string>> _products = [];
    private (string Name, string Exponentials, string Over) _softmax;

    /// <summary>Takes a softmax by the names of its matrix, of that of its exponentials and of the local that divides them.</summary>
    public void Take(string name, string exponentials, string over)
    {
        _softmax = (name, exponentials, over);
        matrices.Set(name, matrices.Vectors(exponentials).Select(e => $"{e} * {over}"));
    }

    /// <summary>The exponentials of a matrix; null if it is no softmax.</summary>
    public string? Exponentials(string name) => _softmax.Name == name ? _softmax.Exponentials : null;

    /// <summary>Writes a product with the exponentials on its right, which stands for one with the softmax.</summary>
    public void Set(string name, IEnumerable<string> values)
    {
        var product = matrices.Locals(name + "Undivided", values);
        _products[name] = product;
        matrices.Defer(name, v => $"{product[v]} * {_softmax.Over}");
    }

    /// <summary>A vector of such a product and what scales it; null of any other matrix.</summary>
    public (string Product, string Scale)? Of(string name, int vector) => _products.TryGetValue(name, out var product) ? (product[vector], _softmax.Over) : null;
}
