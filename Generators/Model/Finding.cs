namespace Unmask.Generators.Model;

/// <summary>A diagnostic as data: its id, its arguments and its place.</summary>
public sealed record Finding(string Id, EquatableArray<string> Arguments, SourceSpan? At);
