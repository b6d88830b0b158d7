namespace Unmask.Pipeline.Verdicts;

/// <summary>What a number of tokens would determine of the states at one layer, before anything was captured.</summary>
/// <param name="Layer">The layer's number.</param>
/// <param name="Tokens">How many tokens were asked about.</param>
/// <param name="There">What so many determine, at states drawn at random.</param>
/// <param name="Least">The least number of tokens that leaves nothing free but what no number fixes; none where every number leaves more free.</param>
/// <param name="Counted">Whether that number is by counting alone, the layer being too wide to try it.</param>
public sealed record Forecast(int Layer, int Tokens, Identifiability There, Option<int> Least, bool Counted)
{
    /// <summary>How many directions stay free however many tokens there are, by counting: those of the first tokens behind a causal mask, which few keys answer.</summary>
    public long Always { get; init; }
}
