using System.Diagnostics;
using System.Text;
using Xunit;
using Xunit.Abstractions;

namespace Unmask.PropertyTests.Generator;

/// <summary>What the sizes that ship cost everybody who builds: time in the generator, and text for the compiler.</summary>
public class EmissionTests(ITestOutputHelper output)
{
    private const int LargestText = 2_000_000;

    // The goal is 0.3 s on a quiet machine; what fails is a generator that became slower by an order.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private static string Shipped => File.ReadAllText(SamplePaths.Repository("Kernels/Sizes.cs"));

    [Fact]
    public void The_default_list_is_written_in_time()
    {
        Generation.Of(Shipped);
        var project = Compilations.Of(Shipped);
        var watch = Stopwatch.StartNew();
        var run = Generation.Of(project);
        watch.Stop();
        output.WriteLine($"{run.Sources.Count} files in {watch.Elapsed.TotalMilliseconds:F0} ms");
        Assert.True(watch.Elapsed < Longest, $"{watch.Elapsed}");
    }

    [Fact]
    public void The_default_list_stays_small()
    {
        var sources = Generation.Of(Shipped).Sources;
        Assert.Equal(Unmask.Kernels.KernelTable.BuiltIn.Sizes.Select(s => $"Kernel{s.D}x{s.N}.g.cs").Order(StringComparer.Ordinal), sources.Keys.Where(IsSize).Order(StringComparer.Ordinal));
        var (sizes, all) = (sources.Where(s => IsSize(s.Key)).Sum(Bytes), sources.Sum(Bytes));
        output.WriteLine($"{all:N0} bytes, {sizes:N0} of them for sizes");
        Assert.InRange(all, sizes + 1, LargestText);
    }

    private static bool IsSize(string file) => file.StartsWith("Kernel", StringComparison.Ordinal) && char.IsAsciiDigit(file["Kernel".Length]);

    private static int Bytes(KeyValuePair<string, string> source) => Encoding.UTF8.GetByteCount(source.Value);
}
