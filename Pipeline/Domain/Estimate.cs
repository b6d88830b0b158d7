namespace Unmask.Pipeline;

/// <summary>How a solver ended.</summary>
/// <param name="Name">The name used on the command line: tokens, output-linear, residual-stream, front-end, congruence, subspace, lm, newton,
/// gradient, polish.</param>
/// <param name="Iterations">Outer iterations (polishing steps for a closed form).</param>
/// <param name="Restarts">Starts beyond the first.</param>
/// <param name="Converged">Whether the solver's own stopping rule was met.</param>
/// <param name="Loss">The unregularised loss at the answer.</param>
public sealed record SolverReport(string Name, int Iterations, int Restarts, bool Converged, double Loss);

/// <summary>
/// How sure the search is of one token: <paramref name="Margin"/> is the log-likelihood ratio (nats) to the best different token there;
/// <paramref name="Ties"/> names the tokens that the observation cannot tell from it.
/// </summary>
public sealed record Certificate(int Position, int Id, double Margin, Seq<int> Ties);

/// <summary>Token ids with one certificate each.</summary>
public sealed record TokenReading(Seq<int> Ids, Seq<Certificate> Certificates);

/// <summary>A solver's answer: states X (d×n), how it was reached and, from a token search, the tokens.</summary>
public sealed record Estimate(Matrix States, SolverReport Solver, Option<TokenReading> Tokens)
{
    /// <summary>What an affine front end was fed, f×n, where the problem has one.</summary>
    public Option<Matrix> Features { get; init; }

    /// <summary>H, the residual stream before the layer's norm, d×n, where the stream was observed behind one.</summary>
    public Option<Matrix> Stream { get; init; }

    /// <summary>Tokens at which another state was found that explains the stream as well.</summary>
    public Seq<int> Ambiguous { get; init; }

    /// <summary>What the observation is a function of: H where there is one, else X.</summary>
    internal Matrix Explaining => Stream.IfNone(States);

    /// <summary>The same answer under the name of the solver that found its start.</summary>
    internal Estimate By(string solver) => this with { Solver = Solver with { Name = solver } };
}
