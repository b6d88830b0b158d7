namespace Unmask.Pipeline.Solvers;

/// <summary>
/// What every candidate would ask and offer at one position, the one read at step <paramref name="Position"/>. <paramref name="Queries"/> (already
/// times the scale s) and <paramref name="Keys"/> are V×w, the heads side by side; <paramref name="Self"/> is V×h, the score of a candidate with
/// itself.
/// </summary>
internal sealed record Candidates(int Position, double[] Queries, double[] Keys, double[] Self)
{
    /// <summary>The largest ‖s·q‖ of each head.</summary>
    public required double[] QueryNorms { get; init; }

    /// <summary>The largest ‖k‖ of each head.</summary>
    public required double[] KeyNorms { get; init; }

    /// <summary>V.</summary>
    public required int Count { get; init; }

    public int Width => Keys.Length / Count;

    public double[] KeyOf(int v) => Keys.AsSpan(v * Width, Width).ToArray();

    public double[] QueryOf(int v) => Queries.AsSpan(v * Width, Width).ToArray();
}
