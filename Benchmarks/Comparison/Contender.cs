using System.Collections.Immutable;

namespace Unmask.Benchmarks.Comparison;

/// <summary>Whom to ask: a column of the table, how to start it, and the settings it has. Native peers are those in C++.</summary>
internal sealed record Contender(
    string Name,
    string Title,
    string Program,
    ImmutableArray<string> Arguments,
    ImmutableDictionary<string, string> Settings,
    bool Native = false);
