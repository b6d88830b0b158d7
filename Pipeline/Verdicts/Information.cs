using Unmask.Kernels;
using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline.Verdicts;

/// <summary>
/// JᵀWJ at an answer, every equation weighed by its noise, in the coordinates of <see cref="TokenFrames"/>, and how many of its eigenvalues lie below
/// a bound. docs/identifiability.md (N11), (N12).
/// </summary>
internal sealed class Information
{
    // Of the tokens' own largest singular values: F_i is made of factors that are exact to a few roundings.
    private const double LeastSeen = 1e-11;

    // Eigenvalues below this are not told from zero.
    private const double Rounding = 1e-13;

    private const double Growth = 10;

    private readonly NormalMatrix _normal;
    private readonly UpperStrips _matrix;
    private readonly Inertia _inertia;
    private readonly int? _threads;

    private Information(ChiSquare chiSquare, double loss, TokenFrames frames, int unseen, int? threads)
    {
        (ChiSquare, Frames, Unseen, _threads) = (chiSquare, frames, unseen, threads);
        Excess = Math.Max(1, 2 * loss / Math.Max(1, chiSquare.Equations - frames.Count));
        (_normal, _matrix, _inertia) = (new NormalMatrix(chiSquare, frames, threads), new UpperStrips(Math.Max(1, frames.Count)), new Inertia(threads));
    }

    public ChiSquare ChiSquare { get; }

    public TokenFrames Frames { get; }

    /// <summary>φ = max(1, χ²/f): how much larger than assumed the variance of the noise is, by what the answer leaves.</summary>
    public double Excess { get; }

    /// <summary>Directions that no equation of their own token moves with: they are free whatever the others are.</summary>
    public int Unseen { get; }

    /// <param name="problem">Of scores or maps.</param>
    /// <param name="x">The answer, d×n.</param>
    /// <param name="threads">All processors unless told.</param>
    public static Information At(Problem problem, Matrix x, int? threads = null)
    {
        var rows = new PaddedMatrix<double>(x.Columns, x.Rows);
        rows.Set(x.Transpose().Values);
        var (chiSquare, loss) = ArithmeticShare.Chosen(Weighed, answer => 2 * answer.Loss / Math.Max(1, answer.ChiSquare.Equations));
        var frames = TokenFrames.At(
            chiSquare, x.Rows, x.Columns, problem.Known.ContainsKey, problem.FrontEnd.Map(front => front.Projection), TokenFrames.Prior(x), LeastSeen, threads);
        var unknown = problem.FrontEnd.Match(Some: front => front.Projection.Columns, None: () => x.Rows) * Enumerable.Range(0, x.Columns).Count(i => !problem.Known.ContainsKey(i));
        return new Information(chiSquare, loss, frames, unknown - frames.Count, threads);

        (ChiSquare ChiSquare, double Loss) Weighed(double share)
        {
            var weighed = new ChiSquare(problem, x, share, threads);
            return (weighed, weighed.MoveTo(rows));
        }
    }

    /// <summary>Directions with yᵀ(TᵀJᵀWJT)y below μ·yᵀy, the unseen ones among them.</summary>
    public int Below(double bound) => Count(bound, 0);

    /// <summary>Directions of X of which less is observed than ρ, the unseen ones among them.</summary>
    public int Hidden(double prior) => Count(Rounding, prior * Excess);

    /// <summary>
    /// A Cholesky factor of TᵀJᵀWJT + ρTᵀT that rounding does not spoil: by a little of I beside it, or where <paramref name="free"/> directions are known to be
    /// apart from all others by a larger ρ, which is given back. The next count spoils it.
    /// </summary>
    public (UpperStrips Factor, double Prior) Factor(double prior, bool free)
    {
        for (var (ridge, larger) = (Rounding, prior); ;)
        {
            _normal.Write(_matrix, free ? 0 : ridge, larger);
            if (new Cholesky(_threads).Factorise(_matrix, CancellationToken.None)) return (_matrix, larger);
            if (free) larger *= Growth;
            else ridge *= Growth;
        }
    }

    private int Count(double identity, double metric)
    {
        if (Frames.Count == 0) return Unseen;
        _normal.Write(_matrix, -identity, -metric);
        return Unseen + _inertia.Positive(_matrix, CancellationToken.None);
    }
}
