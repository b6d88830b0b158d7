namespace Unmask.Pipeline.Solvers;

/// <summary>
/// What of X is sought: x_t = b_t + A y_t for every token t that is not known. A is the front end's projection (d×f), or the identity where there
/// is none; b_t is its offset, or zero. The y_t (length f) lie one after the other. docs/output.md (O1).
/// </summary>
internal sealed class Unknowns
{
    private readonly Matrix _base;
    private readonly Option<Matrix> _projection;
    private readonly int[] _slots;

    private Unknowns(Matrix rest, Option<Matrix> projection, int[] slots) =>
        (_base, _projection, _slots) = (rest, projection, slots);

    /// <summary>f, unknown numbers per token.</summary>
    public int Width => _projection.Match(a => a.Columns, () => _base.Rows);

    public int Size => Width * _slots.Count(slot => slot >= 0);

    /// <summary>X where every unknown is zero, d×n.</summary>
    public Matrix Base => _base;

    public static Unknowns Of(Problem problem)
    {
        var (dims, offset) = (problem.Dims, problem.FrontEnd.Map(end => end.Offset));
        var rest = Matrix.Create(dims.D, dims.N, (c, t) =>
            problem.Known.Find(t).Match(x => x[c], () => offset.Match(o => o[c, t], () => 0)));
        var slots = new int[dims.N];
        for (var (t, next) = (0, 0); t < dims.N; t++) slots[t] = problem.Known.ContainsKey(t) ? -1 : next++;
        return new Unknowns(rest, problem.FrontEnd.Map(end => end.Projection), slots);
    }

    /// <summary>Where the unknowns of a token begin, or −1 where it is known.</summary>
    public int Offset(int token) => _slots[token] < 0 ? -1 : Width * _slots[token];

    /// <summary>AᵀM: what a d×m matrix of directions is to the unknowns of a token.</summary>
    public Matrix Seen(Matrix directions) => _projection.Match(a => a.Transpose() * directions, () => directions);

    /// <summary>X, d×n.</summary>
    public Matrix States(double[] y)
    {
        var moves = Columns(y);
        return _base + _projection.Match(a => a * moves, () => moves);
    }

    /// <summary>The unknowns as columns, f×n, zero where a token is known.</summary>
    public Matrix Columns(double[] y) =>
        Matrix.Create(Width, _slots.Length, (c, t) => _slots[t] < 0 ? 0 : y[Offset(t) + c]);

    /// <summary>The unknowns of a matrix of columns, f×n.</summary>
    public double[] Flat(Matrix columns)
    {
        var y = new double[Size];
        for (var t = 0; t < _slots.Length; t++)
            for (var c = 0; _slots[t] >= 0 && c < Width; c++) y[Offset(t) + c] = columns[c, t];
        return y;
    }

    /// <summary>The unknowns whose X is nearest to this one.</summary>
    public double[] Nearest(Matrix x) =>
        Flat(_projection.Match(a => HouseholderQr.Of(a).Solve(x - _base), () => x));
}
