using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Unmask.PropertyTests.Generator;

/// <summary>What a user's project gets compiles there, without a warning, beside the kernels that ship.</summary>
public class UserProjectTests
{
    private const string Use = """
        namespace UserProject;

        public static class Table
        {
            public static Unmask.Kernels.KernelTable All => Unmask.Kernels.KernelTable.BuiltIn.With(Unmask.Generated.AttentionKernels.All);
        }
        """;

    // (4, 4) ships too; 1×1 and odd sizes exercise the padding; 33 needs every width.
    private static readonly Generation Run = Generation.Of(Compilations.Asking((1, 1), (4, 4), (5, 7), (3, 33)), Use);

    [Fact]
    public void Emitted_code_compiles_without_warnings() =>
        Assert.Empty(Run.Compiled.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning));

    [Fact]
    public void Emitted_code_keeps_to_its_namespace_and_to_the_assembly()
    {
        var declared = Run.Result.GeneratedSources.SelectMany(s => s.SyntaxTree.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>()).ToList();
        Assert.NotEmpty(declared);
        Assert.All(declared, type =>
        {
            Assert.Equal("Unmask.Generated", ((BaseNamespaceDeclarationSyntax)type.Parent!).Name.ToString());
            Assert.Contains(type.Modifiers, modifier => modifier.Text == "internal");
        });
    }

    [Fact]
    public void A_project_that_asks_for_nothing_gets_nothing() => Assert.Empty(Generation.Of("class Elsewhere;").Sources);
}
