using Microsoft.CodeAnalysis;

namespace Unmask.Generators;

/// <summary>What the generator may say to the user, one sentence each, with what to do.</summary>
internal static class Diagnostics
{
    private const string Category = "Unmask";

    public static readonly DiagnosticDescriptor WrongSize = new(
        "UNM001", "Kernel size out of range",
        "AttentionKernel({0}, {1}): d and n must both lie between 1 and {2}; larger sizes are served by the any-size kernel without this line",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor Duplicate = new(
        "UNM002", "Kernel size asked for twice",
        "AttentionKernel({0}, {1}) stands more than once; remove all but one",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor NeedsUnsafe = new(
        "UNM003", "Kernels need unsafe code",
        "The emitted kernels use pointers; add <AllowUnsafeBlocks>true</AllowUnsafeBlocks> to the project",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static DiagnosticDescriptor ById(string id) => id switch
    {
        "UNM001" => WrongSize,
        "UNM002" => Duplicate,
        _ => NeedsUnsafe,
    };
}
