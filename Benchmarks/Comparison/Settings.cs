using System.Collections.Immutable;
using Environment = System.Collections.Immutable.ImmutableDictionary<string, string>;

namespace Unmask.Benchmarks.Comparison;

/// <summary>Environment variables that libraries listen to.</summary>
internal static class Settings
{
    /// <summary>Those that must not be inherited.</summary>
    public static IReadOnlyList<string> OfLibraries { get; } =
    [
        "OPENBLAS_CORETYPE", "BLIS_ARCH_TYPE", "ATEN_CPU_CAPABILITY", "LIBXSMM_TARGET", "NPY_DISABLE_CPU_FEATURES",
        "DOTNET_EnableAVX512", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic", "DOTNET_TieredPGO", "DOTNET_TieredCompilation",
    ];

    public static Environment OneThread { get; } = Of(
        ("OMP_NUM_THREADS", "1"), ("OPENBLAS_NUM_THREADS", "1"), ("BLIS_NUM_THREADS", "1"), ("MKL_NUM_THREADS", "1"));

    /// <summary>Ours: pinned to one core, the runtime would wait ten times as long before it compiles for good; a user's has more cores.</summary>
    public static Environment Unpinned { get; } = Of(("DOTNET_TC_DelaySingleProcMultiplier", "1"));

    public static Environment Without512 { get; } = Unpinned.Add("DOTNET_EnableAVX512", "0");

    /// <summary>What to try for OpenBLAS. A build older than the processor may take it for a lesser one.</summary>
    public static ImmutableArray<Environment> OpenBlas { get; } =
        Each("OPENBLAS_CORETYPE", "Haswell", "Zen", "SkylakeX", "Cooperlake", "SapphireRapids");

    /// <summary>What to try for BLIS: its numbers of architectures; those that it was not built with end the program.</summary>
    public static ImmutableArray<Environment> Blis { get; } = Each("BLIS_ARCH_TYPE", "0", "3", "6", "7", "8");

    /// <summary>What to try for PyTorch, on top of the best for its BLAS.</summary>
    public static ImmutableArray<Environment> PyTorch { get; } = Each("ATEN_CPU_CAPABILITY", "avx2", "avx512");

    public static ImmutableArray<Environment> Nothing { get; } = [Environment.Empty];

    private static ImmutableArray<Environment> Each(string name, params string[] values) =>
        [Environment.Empty, .. values.Select(value => Of((name, value)))];

    private static Environment Of(params (string Name, string Value)[] variables) => variables.ToImmutableDictionary(v => v.Name, v => v.Value);
}
