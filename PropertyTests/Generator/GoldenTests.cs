using Xunit;
using Xunit.Sdk;

namespace Unmask.PropertyTests.Generator;

/// <summary>
/// A few emitted files, kept to be read and to show in review what a change of the generator does to the code.
/// <c>./check --accept</c> takes over what is emitted now.
/// </summary>
public class GoldenTests
{
    private static readonly Generation Run = Generation.Of("[assembly: Unmask.Kernels.AttentionKernelLibrary]", Compilations.Asking((4, 4), (5, 7)));

    [Theory]
    [InlineData("Kernel4x4")]
    [InlineData("Kernel5x7")]
    [InlineData("AttentionProgram")]
    [InlineData("PanelsF64W256")]
    public void Emitted_code_is_as_accepted(string name)
    {
        var path = Path.Combine(SamplePaths.Root, "PropertyTests", "Golden", name + ".cs.txt");
        var emitted = Run.Sources[name + ".g.cs"];
        if (Environment.GetEnvironmentVariable("UNMASK_ACCEPT") == "1") File.WriteAllText(path, emitted);
        var accepted = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (emitted != accepted) throw new XunitException($"{path} differs from what is emitted; ./check --accept takes it over.\n{Difference(accepted, emitted)}");
    }

    // All between the first and the last line that differ, cut short.
    private static string Difference(string accepted, string emitted)
    {
        var (old, now) = (accepted.Split('\n'), emitted.Split('\n'));
        var shorter = Math.Min(old.Length, now.Length);
        var head = Enumerable.Range(0, shorter).TakeWhile(i => old[i] == now[i]).Count();
        var tail = Enumerable.Range(1, shorter - head).TakeWhile(i => old[^i] == now[^i]).Count();
        return $"line {head + 1}\n" + Lines("- ", old[head..^tail]) + Lines("+ ", now[head..^tail]);
    }

    private static string Lines(string mark, string[] lines) =>
        string.Concat(lines.Take(30).Select(line => mark + line + "\n")) + (lines.Length > 30 ? $"{mark}… {lines.Length - 30} more\n" : "");
}
