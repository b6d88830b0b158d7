namespace Unmask.Pipeline;

/// <summary>What the rows of an attention map sum to. Ratios within a row mean the same in all of them.</summary>
public enum RowSums
{
    /// <summary>One.</summary>
    Softmax,

    /// <summary>Less than one: a sink, which is not in the map, took the rest.</summary>
    Sink,

    /// <summary>One on average: entries were dropped at random and the others scaled up. A zero says nothing.</summary>
    Dropout,
}
