namespace Unmask.Benchmarks.Comparison;
internal static class CompareCommand { public static int Run(string[] options) => options.Length; }
