using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Unmask.Generators.Emission;
using Unmask.Generators.Model;
using Unmask.Generators.Parsing;

namespace Unmask.Generators;

/// <summary>Turns [assembly: AttentionKernel(d, n)] into kernels: one file per size, so that adding a size writes one file.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class KernelGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var requests = context.SyntaxProvider
            .ForAttributeWithMetadataName(RequestParser.KernelAttribute, static (node, _) => node is CompilationUnitSyntax, RequestParser.Parse)
            .SelectMany(static (list, _) => list)
            .WithTrackingName(Steps.Requests)
            .Collect();

        var accepted = requests.Select(static (all, _) => RequestRules.Accepted(all)).WithTrackingName(Steps.List);
        var specs = accepted.SelectMany(static (all, _) => all).WithTrackingName(Steps.Specs);

        var unsafeAllowed = context.CompilationProvider.Select(static (c, _) => ((CSharpCompilation)c).Options.AllowUnsafe);
        var findings = requests.Combine(unsafeAllowed)
            .Select(static (pair, _) => RequestRules.Findings(pair.Left, pair.Right))
            .WithTrackingName(Steps.Findings);

        var library = context.SyntaxProvider
            .ForAttributeWithMetadataName(RequestParser.LibraryAttribute, static (node, _) => node is CompilationUnitSyntax, static (_, _) => true)
            .Collect()
            .Select(static (all, _) => all.Length > 0)
            .WithTrackingName(Steps.Library);

        context.RegisterSourceOutput(specs, static (output, spec) => output.AddSource(SizeEmitter.HintName(spec), SizeEmitter.Write(spec)));
        context.RegisterSourceOutput(accepted, static (output, all) =>
        {
            if (all.Count > 0) output.AddSource("AttentionKernels.g.cs", SizeEmitter.WriteList(all));
        });
        context.RegisterSourceOutput(library, static (output, isLibrary) =>
        {
            if (!isLibrary) return;
            foreach (var (name, source) in LibraryEmitter.Write()) output.AddSource(name, source);
        });
        context.RegisterSourceOutput(findings, static (output, all) =>
        {
            foreach (var finding in all)
                output.ReportDiagnostic(Diagnostic.Create(
                    Diagnostics.ById(finding.Id), finding.At?.ToLocation(), [.. finding.Arguments.Cast<object>()]));
        });
    }
}
