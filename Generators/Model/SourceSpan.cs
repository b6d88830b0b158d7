using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Unmask.Generators.Model;

/// <summary>Where in the user's source something was asked for, as plain data: a Location would keep the whole compilation alive.</summary>
public sealed record SourceSpan(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static SourceSpan? Of(SyntaxNode? node) =>
        node is null ? null : new SourceSpan(node.SyntaxTree.FilePath, node.Span, node.SyntaxTree.GetLineSpan(node.Span).Span);

    public Location ToLocation() => Location.Create(Path, Span, Lines);
}
