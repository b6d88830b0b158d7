namespace Unmask.Generators.Model;

/// <summary>A requested size and the place of the request.</summary>
public sealed record KernelRequest(KernelSpec Spec, SourceSpan? At);
