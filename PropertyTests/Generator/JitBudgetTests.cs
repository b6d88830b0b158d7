using Unmask.Generators.Emission;
using Unmask.Generators.Lowering;
using Unmask.Generators.Model;
using Unmask.Generators.Parsing;
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
    private const int MaxInstructions = 10_000;

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

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Estimates_are_upper_bounds(string assembly)
    {
        var estimates = OwnKernel.OwnKernels.Table.Sizes.SelectMany(size => Estimates(new KernelSpec(size.D, size.N, KernelSpec.DefaultUnroll))).ToDictionary();
        var products = MethodFacts.Of(File.OpenRead(assembly)).Where(m => estimates.ContainsKey((m.Type, m.Name))).ToList();
        Assert.NotEmpty(products);
        var tightest = products.MaxBy(m => (double)m.Bytes / estimates[(m.Type, m.Name)])!;
        output.WriteLine($"{products.Count} products; the tightest estimate: {estimates[(tightest.Type, tightest.Name)]} for {tightest}");
        Assert.All(products, m => Assert.True(m.Bytes <= estimates[(m.Type, m.Name)], $"{m} was estimated at {estimates[(m.Type, m.Name)]} bytes"));
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(400, 7)]
    public void The_largest_unroll_that_is_accepted_is_within_the_budget(int d, int n)
    {
        var unroll = Enumerable.Range(1, Math.Max(d, n)).Last(u => RequestRules.LargestMethod(new KernelSpec(d, n, u)) <= Budget.MaxIlBytes);
        var run = Generation.Of($"[assembly: Unmask.Kernels.AttentionKernel({d}, {n}, Unroll = {unroll})]");
        Assert.Empty(run.Result.Diagnostics);
        var assembly = new MemoryStream();
        Assert.True(run.Compiled.Emit(assembly).Success);
        assembly.Position = 0;
        var methods = MethodFacts.Of(assembly);
        output.WriteLine($"Unroll = {unroll}: {methods.MaxBy(m => m.Bytes)}");
        var estimates = Estimates(new KernelSpec(d, n, unroll)).ToDictionary();
        Assert.All(methods, IsWithinTheBudget);
        Assert.All(methods.Where(m => estimates.ContainsKey((m.Type, m.Name))), m => Assert.True(m.Bytes <= estimates[(m.Type, m.Name)], $"{m}"));
    }

    private static void IsWithinTheBudget(MethodFacts m) => Assert.True(
        m.Bytes <= Budget.MaxIlBytes && m.Instructions <= MaxInstructions && m.Locals <= Budget.MaxLocals && m.LocalReferences <= Budget.MaxLocalReferences,
        $"{m} is past the budget");

    private static IEnumerable<KeyValuePair<(string Type, string Method), int>> Estimates(KernelSpec spec) =>
        from dialect in SizeEmitter.Dialects(spec.N)
        from kind in Enum.GetValues<ProductKind>()
        let geometry = ProductsEmitter.Geometry(kind, dialect, spec.D, spec.N, spec.Unroll)
        select KeyValuePair.Create(($"Products{spec.Size}{dialect.Name}", ProductsEmitter.MethodOf(kind)), Budget.EstimatedIlBytes(geometry, dialect.Accumulators));
}
