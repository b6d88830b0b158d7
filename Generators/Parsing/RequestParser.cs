using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Unmask.Generators.Model;

namespace Unmask.Generators.Parsing;

/// <summary>From [assembly: AttentionKernel(d, n)] to data. The only place that sees a symbol.</summary>
internal static class RequestParser
{
    public const string KernelAttribute = "Unmask.Kernels.AttentionKernelAttribute";

    public const string LibraryAttribute = "Unmask.Kernels.AttentionKernelLibraryAttribute";

    public static EquatableArray<KernelRequest> Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var requests = new List<KernelRequest>();
        foreach (var attribute in context.Attributes)
        {
            cancellation.ThrowIfCancellationRequested();
            var sizes = attribute.ConstructorArguments;
            if (sizes.Length != 2 || sizes[0].Value is not int d || sizes[1].Value is not int n) continue;
            requests.Add(new KernelRequest(new KernelSpec(d, n), SourceSpan.Of(attribute.ApplicationSyntaxReference?.GetSyntax(cancellation))));
        }

        return new EquatableArray<KernelRequest>(requests);
    }
}
