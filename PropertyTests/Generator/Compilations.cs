using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Unmask.PropertyTests.Generator;

/// <summary>User projects as the compiler sees them: sources, the runtime's assemblies and Unmask.Kernels.</summary>
internal static class Compilations
{
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var file && (file.StartsWith("System.", StringComparison.Ordinal) || file == "Unmask.Kernels.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    // The oldest language that users of .NET 10 tools are likely to have; the emitted code must not need more.
    private static CSharpParseOptions Language { get; } = new(LanguageVersion.CSharp13);

    public static CSharpCompilation Of(params string[] sources) => CSharpCompilation.Create(
        "UserProject",
        sources.Select((text, i) => CSharpSyntaxTree.ParseText(text, Language, $"Source{i}.cs")),
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true));

    /// <summary>The same project with one source edited.</summary>
    public static CSharpCompilation Edit(this CSharpCompilation project, int source, string text)
    {
        var tree = project.SyntaxTrees[source];
        return project.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(text, Language, tree.FilePath));
    }

    /// <summary>One line for each size, as users write them.</summary>
    public static string Asking(params (int D, int N)[] sizes) =>
        "using Unmask.Kernels;\n" + string.Concat(sizes.Select(s => $"[assembly: AttentionKernel({s.D}, {s.N})]\n"));
}
