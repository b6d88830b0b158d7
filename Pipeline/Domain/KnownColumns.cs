namespace Unmask.Pipeline;

/// <summary>Columns of X that a user knows: row k of <paramref name="States"/> is the state of token <paramref name="Positions"/>[k].</summary>
public sealed record KnownColumns(string Path, Seq<int> Positions, Matrix States);
