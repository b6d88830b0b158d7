using System.Globalization;
using System.Text.RegularExpressions;
using Unmask.Generators.Emission;
using Unmask.Generators.Lowering;
using Unmask.Kernels;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Generator;

/// <summary>
/// Past its limits the runtime compiles a method without optimising it, fifteen times slower and without a word. So the emitted methods are
/// measured as they lie in the assemblies, and the generator's own estimates must not be below what it writes.
/// </summary>
public class JitBudgetTests(ITestOutputHelper output)
{
    public static TheoryData<string> Assemblies => [typeof(KernelTable).Assembly.Location, typeof(OwnKernel.OwnKernels).Assembly.Location];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Every_emitted_method_is_within_the_budget(string assembly)
    {
        var methods = MethodFacts.Of(File.OpenRead(assembly));
        Assert.NotEmpty(methods);
        output.WriteLine($"{methods.Count} methods; the longest: {methods.MaxBy(m => m.Bytes)}");
        Assert.All(methods, IsWithinTheBudget);
    }

    [Fact]
    public void Estimates_of_products_are_upper_bounds()
    {
        var stated = new Regex(@"at most (\d+) bytes of IL\.</summary>\s+\[[^\]]*\]\s+private static void (\w+)<");
        var estimates = Dialect.All.SelectMany(dialect => stated.Matches(Generation.Of("[assembly: Unmask.Kernels.AttentionKernelLibrary]").Sources[$"Panels{dialect.Name}.g.cs"])
            .Select(m => KeyValuePair.Create(($"Panels{dialect.Name}", m.Groups[2].Value), int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)))).ToDictionary();
        var products = MethodFacts.Of(File.OpenRead(typeof(KernelTable).Assembly.Location)).Where(m => estimates.ContainsKey((m.Type, m.Name))).ToList();
        Assert.Equal(estimates.Count, products.Count);
        var tightest = products.MaxBy(m => (double)m.Bytes / estimates[(m.Type, m.Name)])!;
        output.WriteLine($"{products.Count} products; the tightest estimate: {estimates[(tightest.Type, tightest.Name)]} for {tightest}");
        Assert.All(products, m => Assert.True(m.Bytes <= estimates[(m.Type, m.Name)], $"{m} was estimated at {estimates[(m.Type, m.Name)]} bytes"));
    }

    private static void IsWithinTheBudget(MethodFacts m) => Assert.True(
        m.Bytes <= Budget.MaxIlBytes && m.Instructions <= Budget.MaxInstructions && m.Locals <= Budget.MaxLocals && m.LocalReferences <= Budget.MaxLocalReferences,
        $"{m} is past the budget");
}
