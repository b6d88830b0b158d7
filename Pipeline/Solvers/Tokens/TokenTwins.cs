using System.Numerics.Tensors;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// Tokens whose states are the same to float32 rounding. Nothing that was computed in float32 tells them apart, and a search that kept them
/// all would double with each one it met; so it runs over one representative of each class. token-search.md (T2).
/// </summary>
internal sealed class TokenTwins
{
    // A state held in float32 is off by up to half a unit in the last place in each coordinate; two of them differ by that much twice,
    // and the sum and the normalisation before it round once more each.
    private const double Tolerance = 4.0 / (1 << 24);

    private readonly int[] _leader;

    private TokenTwins(int[] leader)
    {
        _leader = leader;
        Representatives = Enumerable.Range(0, leader.Length).Where(v => leader[v] == v).ToArray();
    }

    /// <summary>The smallest id of each class, ascending.</summary>
    public int[] Representatives { get; }

    /// <summary>The candidate numbers of known tokens, position to id, at the first <paramref name="n"/> positions.</summary>
    public Map<int, int> Candidates(Map<int, int> known, int n) =>
        known.Filter((position, _) => position < n).Map(id => System.Array.BinarySearch(Representatives, _leader[id]));

    /// <summary>Every other token with the same state.</summary>
    public IEnumerable<int> Of(int id) => Enumerable.Range(0, _leader.Length).Where(v => v != id && _leader[v] == _leader[id]);

    /// <param name="states">State sets, each V×d, of different positions: twins must agree at all.</param>
    public static TokenTwins Among(params ReadOnlySpan<Matrix> states)
    {
        var first = states[0];
        var size = first.Rows;
        var direction = Enumerable.Range(0, first.Columns).Select(c => Math.Cos(1 + 2.0 * c)).ToArray();
        var shadow = new double[size];
        for (var v = 0; v < size; v++) shadow[v] = TensorPrimitives.Dot(first.Row(v), direction);
        var order = Enumerable.Range(0, size).OrderBy(v => shadow[v]).ThenBy(v => v).ToArray();
        var leader = Enumerable.Range(0, size).ToArray();
        // |⟨x_a − x_b, r⟩| ≤ ‖x_a − x_b‖‖r‖: twins are neighbours in the order of their shadows.
        var reach = TensorPrimitives.Norm<double>(direction);
        for (var a = 0; a < size; a++)
            for (var b = a + 1; b < size && shadow[order[b]] - shadow[order[a]] <= reach * Radius(first, order[a]); b++)
                if (Agree(states, order[a], order[b])) Join(leader, order[a], order[b]);
        for (var v = 0; v < size; v++) leader[v] = Root(leader, v);
        return new TokenTwins(leader);
    }

    private static double Radius(Matrix states, int v) => Tolerance * TensorPrimitives.Norm(states.Row(v));

    private static bool Agree(ReadOnlySpan<Matrix> states, int a, int b)
    {
        foreach (var x in states)
            if (TensorPrimitives.Distance(x.Row(a), x.Row(b)) > Radius(x, a)) return false;
        return true;
    }

    private static int Root(int[] leader, int v) => leader[v] == v ? v : Root(leader, leader[v]);

    private static void Join(int[] leader, int a, int b)
    {
        var (x, y) = (Root(leader, a), Root(leader, b));
        leader[Math.Max(x, y)] = Math.Min(x, y);
    }
}
