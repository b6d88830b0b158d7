using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Unmask.PropertyTests.Generator;

/// <summary>What is asked for wrongly is said once, at its line, in one sentence, and costs the other sizes nothing.</summary>
public class DiagnosticTests
{
    [Theory]
    [InlineData("UNM001", "AttentionKernel(0, 4)")]
    [InlineData("UNM001", "AttentionKernel(4, -1)")]
    [InlineData("UNM001", "AttentionKernel(1025, 4)")]
    [InlineData("UNM002", "AttentionKernel(4, 4)")]
    public void A_wrong_request_is_reported_at_its_line(string id, string request)
    {
        var run = Generation.Of($"using Unmask.Kernels;\n[assembly: AttentionKernel(4, 4)]\n[assembly: {request}]\n[assembly: AttentionKernel(5, 7)]\n");
        IsReported(run, id, line: 2);
        Assert.Equal(["AttentionKernels.g.cs", "Kernel4x4.g.cs", "Kernel5x7.g.cs"], run.Sources.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("[new Kernels4x4(), new Kernels5x7()]", run.Sources["AttentionKernels.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void Unsafe_code_is_asked_for()
    {
        var project = Compilations.Of(Compilations.Asking((4, 4), (5, 7)));
        var run = Generation.Of(project.WithOptions(project.Options.WithAllowUnsafe(false)));
        IsReported(run, "UNM003", line: 1);
        Assert.Empty(run.After(project).Result.Diagnostics);
        Assert.Contains("Kernel5x7.g.cs", run.Sources.Keys);
    }

    [Fact]
    public void Everything_wrong_is_reported_at_once()
    {
        var run = Generation.Of(Compilations.Asking((0, 4), (4, 4), (4, 4), (4, 2000)));
        Assert.Equal(["UNM001", "UNM001", "UNM002"], run.Result.Diagnostics.Select(d => d.Id).Order());
    }

    private static void IsReported(Generation run, string id, int line)
    {
        var finding = Assert.Single(run.Result.Diagnostics);
        Assert.Equal(id, finding.Id);
        Assert.Equal(DiagnosticSeverity.Error, finding.Severity);
        Assert.Equal(("Source0.cs", line), (finding.Location.GetLineSpan().Path, finding.Location.GetLineSpan().StartLinePosition.Line));

        // One sentence, as the compiler's own: no full stop inside or at the end, no placeholder left, no line break.
        Assert.DoesNotMatch(@"\.\s|\.$|\n|\{\d\}", finding.GetMessage(null));
    }
}
