using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Jobs;

namespace Unmask.Benchmarks.Suites;

/// <summary>A job for each instruction set: the machine's own, without AVX-512, without AVX2, without any. Allocations are measured in all.</summary>
internal sealed class Widths : ManualConfig
{
    public Widths()
    {
        var own = Job.ShortRun.WithRuntime(CoreRuntime.Core10_0);
        AddJob(
            own.WithId("widest"),
            own.WithId("no AVX-512").WithEnvironmentVariable("DOTNET_EnableAVX512", "0"),
            own.WithId("no AVX2").WithEnvironmentVariable("DOTNET_EnableAVX2", "0"),
            own.WithId("no vectors").WithEnvironmentVariable("DOTNET_EnableHWIntrinsic", "0"));
        AddDiagnoser(MemoryDiagnoser.Default);
    }
}
