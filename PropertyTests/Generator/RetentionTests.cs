using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Unmask.Generators;
using Xunit;

namespace Unmask.PropertyTests.Generator;

/// <summary>Nothing that a step remembers may hold on to the compiler's objects: each would keep a whole compilation in memory.</summary>
public class RetentionTests
{
    private static readonly Type[] Forbidden =
        [typeof(ISymbol), typeof(SyntaxNode), typeof(SyntaxTree), typeof(Location), typeof(Compilation), typeof(SemanticModel), typeof(AttributeData)];

    [Fact]
    public void Steps_remember_plain_data()
    {
        var run = Generation.Of("[assembly: Unmask.Kernels.AttentionKernelLibrary]", Compilations.Asking((4, 4), (0, 1), (4, 4)));
        foreach (var step in typeof(Steps).GetFields().Select(f => (string)f.GetRawConstantValue()!))
        {
            var values = run.Result.TrackedSteps[step].SelectMany(r => r.Outputs).Select(o => o.Value).ToList();
            Assert.NotEmpty(values);
            foreach (var value in values) Visit(step, value, new HashSet<object>(ReferenceEqualityComparer.Instance));
        }
    }

    private static void Visit(string path, object? value, HashSet<object> seen)
    {
        if (value is null or string || value.GetType() is { IsPrimitive: true } or { IsEnum: true } || !seen.Add(value)) return;
        Assert.False(Forbidden.Any(type => type.IsInstanceOfType(value)), $"{path} is a {value.GetType()}");
        if (value is IEnumerable items)
            foreach (var item in items) Visit(path + "[]", item, seen);
        for (var type = value.GetType(); type is not null; type = type.BaseType)
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                if (!field.FieldType.IsPointer) Visit($"{path}.{field.Name}", field.GetValue(value), seen);
    }
}
