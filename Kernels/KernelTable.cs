using System.Collections.Immutable;
using Unmask.Generated;

namespace Unmask.Kernels;

/// <summary>From a problem to the kernel that serves it: the specialised one where the size was asked for, else the any-size one.</summary>
public sealed class KernelTable
{
    private readonly ImmutableSortedDictionary<(int D, int N), SizedKernels> _sizes;

    private KernelTable(ImmutableSortedDictionary<(int D, int N), SizedKernels> sizes) => _sizes = sizes;

    /// <summary>The sizes that ship with the library.</summary>
    public static KernelTable BuiltIn { get; } =
        new KernelTable(ImmutableSortedDictionary<(int D, int N), SizedKernels>.Empty).With(AttentionKernels.All);

    /// <summary>No specialised size: everything runs on the any-size kernel.</summary>
    public static KernelTable AnySize { get; } = new(ImmutableSortedDictionary<(int D, int N), SizedKernels>.Empty);

    /// <summary>The specialised sizes, in order.</summary>
    public IEnumerable<(int D, int N)> Sizes => _sizes.Keys;

    /// <summary>A table that also knows these sizes; later ones win.</summary>
    public KernelTable With(params IEnumerable<SizedKernels> kernels) =>
        new(_sizes.SetItems(kernels.Select(k => KeyValuePair.Create((k.D, k.N), k))));

    public bool IsSpecialised(int d, int n) => _sizes.ContainsKey((d, n));

    /// <summary>A kernel in double precision, with the widest vectors of this machine unless told otherwise. Large products are shared out over threads.</summary>
    public AttentionKernel<double> CreateDouble(LossModel model, int d, int n, bool causal = false, VectorWidth? width = null, int? threads = null) =>
        new(SmallPrograms.CreateDouble(new ProgramRequest(model, causal), d, IsSpecialised(d, n) ? n : 0, (int)(width ?? TinyWidth.Of(d, n)))
            ?? Of(d, n, threads ?? Environment.ProcessorCount).CreateDouble(new ProgramRequest(model, causal), width ?? VectorWidths.Best));

    /// <summary>A kernel in single precision, likewise.</summary>
    public AttentionKernel<float> CreateSingle(LossModel model, int d, int n, bool causal = false, VectorWidth? width = null, int? threads = null) =>
        new(SmallPrograms.CreateSingle(new ProgramRequest(model, causal), d, IsSpecialised(d, n) ? n : 0, (int)(width ?? VectorWidths.Best))
            ?? Of(d, n, threads ?? Environment.ProcessorCount).CreateSingle(new ProgramRequest(model, causal), width ?? VectorWidths.Best));

    /// <summary>A kernel in double precision for heads that share X, each with thin weights of d×<paramref name="headWidth"/>.</summary>
    public AttentionKernel<double> CreateJointDouble(LossModel model, int d, int n, int heads, int headWidth, bool causal = false, VectorWidth? width = null) =>
        new(Of(d, n).CreateDouble(new ProgramRequest(model, causal, heads, headWidth), width ?? VectorWidths.Best));

    /// <summary>A kernel in single precision, likewise.</summary>
    public AttentionKernel<float> CreateJointSingle(LossModel model, int d, int n, int heads, int headWidth, bool causal = false, VectorWidth? width = null) =>
        new(Of(d, n).CreateSingle(new ProgramRequest(model, causal, heads, headWidth), width ?? VectorWidths.Best));

    /// <summary>Many problems at once in double precision, one in every lane where they are tiny, on so many threads (all processors unless told).</summary>
    public AttentionBatch<double> CreateBatchDouble(LossModel model, int d, int n, int count, bool causal = false, VectorWidth? width = null, int? threads = null)
    {
        var (sized, request, bits) = (Of(d, n), new ProgramRequest(model, causal), width ?? VectorWidths.Best);
        return new(() => FitsLanes(d, n) ? sized.CreateLanesDouble(request, bits) : sized.CreateDouble(request, bits), count, threads ?? Environment.ProcessorCount);
    }

    /// <summary>The same in single precision.</summary>
    public AttentionBatch<float> CreateBatchSingle(LossModel model, int d, int n, int count, bool causal = false, VectorWidth? width = null, int? threads = null)
    {
        var (sized, request, bits) = (Of(d, n), new ProgramRequest(model, causal), width ?? VectorWidths.Best);
        return new(() => FitsLanes(d, n) ? sized.CreateLanesSingle(request, bits) : sized.CreateSingle(request, bits), count, threads ?? Environment.ProcessorCount);
    }

    // Beyond this the matrices of so many problems leave the first cache, and whole vectors of one problem are as quick.
    private static bool FitsLanes(int d, int n) => d <= 8 && n <= 8;

    private SizedKernels Of(int d, int n, int threads = 1) => _sizes.TryGetValue((d, n), out var sized) ? sized : new AnySizeKernels(d, n, threads);
}
