namespace Unmask.Pipeline;

/// <summary>
/// What was saved of one layer. Each matrix of <paramref name="Scores"/> and <paramref name="Attention"/> is n×n, one per head;
/// <paramref name="Output"/> is n×d, the heads side by side before the output projection.
/// </summary>
public sealed record LayerCapture(int Layer, Seq<Matrix> Scores, Seq<Matrix> Attention, Option<Matrix> Output)
{
    /// <summary>The residual stream after attention, n×d.</summary>
    public Option<Matrix> Residual { get; init; }

    /// <summary>What each of them is called in the file.</summary>
    public Map<Observation, string> Tensors { get; init; }

    /// <summary>The heads of the layer that the maps are of, where the file names them; else all of them.</summary>
    public Option<Seq<int>> Heads { get; init; }

    /// <summary>Whether the file says that its map is the mean over heads.</summary>
    public bool Averaged { get; init; }

    /// <summary>Rows that the file does not hold: they are zero in every attention map.</summary>
    public Seq<int> Absent { get; init; }

    /// <summary>What was seen, in the order in which it is preferred: attention, scores, the residual stream, the output.</summary>
    internal Seq<(Observation Kind, Seq<Matrix> Matrices)> Kinds => Seq(
            (Observation.Attention, Attention), (Observation.Scores, Scores), (Observation.Residual, Residual.ToSeq()), (Observation.Output, Output.ToSeq()))
        .Filter(kind => !kind.Item2.IsEmpty).Strict();

    internal Seq<Matrix> All => Kinds.Bind(kind => kind.Matrices).Strict();
}

/// <summary>A capture file: the layers it holds, without padding, and the format its numbers were stored in.</summary>
public sealed record Capture(string Path, Seq<LayerCapture> Layers, Precision Precision)
{
    /// <summary>Which tokens of the file are kept; the others are padding. Absent where all are.</summary>
    public Option<Kept> Kept { get; init; }

    /// <summary>The position that the model gave to the first token that is kept.</summary>
    public int FirstPosition { get; init; }
}

/// <summary>A run of tokens: so many of <paramref name="Of"/> from <paramref name="First"/> on.</summary>
public sealed record Kept(int First, int Count, int Of);
