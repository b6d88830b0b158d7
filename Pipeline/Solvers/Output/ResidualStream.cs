namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The residual stream after attention, R = X + a(X): X ← R − a(X) where attention contracts, Newton's method where it does not. Behind a causal
/// mask token by token, each given the ones before it. docs/output.md (O16)–(O18).
/// </summary>
public static class ResidualStream
{
    private const string Name = "residual-stream";
    private const int FixedPoints = 200;
    private const int NewtonSteps = 50;
    private const int Halvings = 12;

    // A step of the fixed point that gains less than this is not a contraction worth waiting for.
    private const double Contraction = 0.7;

    // Unknowns at once above which a dense Newton step takes too long: d for a causal layer, d·n for another.
    private const int Largest = 1024;

    /// <param name="layer">With value weights and, unless it is the identity, the output projection.</param>
    /// <param name="stream">R, d×n.</param>
    /// <param name="options">Tolerance, relative to the largest entry of R, cancellation and progress.</param>
    public static Fin<Estimate> Solve(AttentionLayer layer, Matrix stream, SolverOptions options) =>
        from branch in Branch(layer, stream)
        let answer = Search(layer, branch, stream, options)
        from _1 in options.Cancellation.IsCancellationRequested ? FinFail<Unit>(Faults.Interrupted()) : unit
        from _2 in Door.Require(answer.X.AllFinite(), () => Faults.ResidualDiverged())
        let left = stream - answer.X - branch.At(answer.X)
        let converged = left.MaxNorm() <= options.Tolerance * stream.MaxNorm()
        select new Estimate(answer.X, new SolverReport(Name, answer.Steps, 0, converged, 0.5 * Math.Pow(left.FrobeniusNorm(), 2)), None);

    private static Fin<AttentionBranch> Branch(AttentionLayer layer, Matrix stream) =>
        from value in layer.Value.ToFin(Faults.SolverDoesNotApply(Name, "it needs the value weights"))
        let projection = layer.OutputProjection.IfNone(() => Matrix.Identity(value.Columns))
        from _ in Door.Require(
            (projection.Rows, projection.Columns, stream.Rows) == (value.Columns, layer.D, layer.D),
            () => Faults.SolverDoesNotApply(Name, $"V of {value.Columns} columns, W_O {projection.Rows}x{projection.Columns} and a stream of {stream.Rows} rows do not fit d={layer.D}"))
        let mixed = layer.ValueBias.Map(bias => projection.Transpose() * Column(bias)).IfNone(() => Matrix.Create(layer.D, 1, (_, _) => 0))
        select new AttentionBranch(layer, value, projection, mixed + layer.OutputBias.Map(Column).IfNone(() => Matrix.Create(layer.D, 1, (_, _) => 0)));

    private static Matrix Column(Seq<double> values) => Matrix.Create(values.Count, 1, (i, _) => values[i]);

    private static (Matrix X, int Steps) Search(AttentionLayer layer, AttentionBranch branch, Matrix stream, SolverOptions options)
    {
        var groups = layer.Mask == Mask.Causal ? Enumerable.Range(0, stream.Columns).Select(i => (First: i, Count: 1)) : [(0, stream.Columns)];
        var (x, steps) = (stream, 0);
        foreach (var (first, count) in groups)
        {
            // What comes later does not matter yet: prefixes keep the work of a token to what it sees.
            var seen = first + count;
            var found = Group(branch, Columns(stream, 0, seen), Replace(Columns(stream, 0, seen), x, first), first, options, ref steps);
            x = Replace(x, found, seen);
        }

        return (x, steps);
    }

    private static Matrix Group(AttentionBranch branch, Matrix stream, Matrix start, int first, SolverOptions options, ref int steps)
    {
        var (x, left) = (start, Left(branch, stream, start, first));
        var enough = 0.1 * options.Tolerance * stream.MaxNorm();
        bool Going() => left.MaxNorm() > enough && !options.Cancellation.IsCancellationRequested && !options.Deadline.IsCancellationRequested;
        for (var k = 0; k < FixedPoints && Going(); k++)
        {
            var next = x + left;
            var after = Left(branch, stream, next, first);
            if (!(after.FrobeniusNorm() < Contraction * left.FrobeniusNorm())) break;
            (x, left) = (next, after);
            options.Progress(new SolverProgress(Name, ++steps, steps + 1, left.MaxNorm()));
        }

        for (var k = 0; k < NewtonSteps && left.Rows * (left.Columns - first) <= Largest && Going(); k++)
        {
            var step = NewtonStep(branch, x, left, first);
            if (Shorten(branch, stream, x, step, left, first) is not { } better) break;
            (x, left) = better;
            options.Progress(new SolverProgress(Name, ++steps, steps + 1, left.MaxNorm()));
        }

        return x;
    }

    private static (Matrix X, Matrix Left)? Shorten(AttentionBranch branch, Matrix stream, Matrix x, Matrix step, Matrix left, int first)
    {
        for (var (k, length) = (0, 1.0); k < Halvings; k++, length /= 2)
        {
            var moved = x + length * step;
            var after = Left(branch, stream, moved, first);
            if (after.FrobeniusNorm() < left.FrobeniusNorm()) return (moved, after);
        }

        return null;
    }

    // (I + a′) step = left, for the columns from `first` on, a′ written out by its products.
    private static Matrix NewtonStep(AttentionBranch branch, Matrix x, Matrix left, int first)
    {
        var (d, size) = (x.Rows, x.Rows * (x.Columns - first));
        var columns = Enumerable.Range(0, size).Select(k =>
        {
            var unit = Matrix.Create(d, x.Columns, (c, t) => t == first + k / d && c == k % d ? 1 : 0);
            return unit + branch.Along(x, unit);
        }).ToArray();
        var jacobian = Matrix.Create(size, size, (r, k) => columns[k][r % d, first + r / d]);
        var step = jacobian.Solve(Matrix.Create(size, 1, (r, _) => left[r % d, first + r / d]));
        return Matrix.Create(d, x.Columns, (c, t) => t < first ? 0 : step[(t - first) * d + c, 0]);
    }

    // R − X − a(X) in the columns from `first` on.
    private static Matrix Left(AttentionBranch branch, Matrix stream, Matrix x, int first)
    {
        var left = stream - x - branch.At(x);
        return Matrix.Create(left.Rows, left.Columns, (c, t) => t < first ? 0 : left[c, t]);
    }

    private static Matrix Columns(Matrix x, int first, int count) => Matrix.Create(x.Rows, count, (c, t) => x[c, first + t]);

    // The first columns from another matrix.
    private static Matrix Replace(Matrix x, Matrix by, int count) => Matrix.Create(x.Rows, x.Columns, (c, t) => t < count ? by[c, t] : x[c, t]);
}
