using System.Numerics;

namespace Unmask.Benchmarks.Asking;

/// <summary>
/// The place for our batches, one problem a lane. <see cref="ProblemFile"/> holds 1,024 problems that share W and V: states, observations and
/// expected gradients one after the other. Evaluate(k) is to evaluate all of them k times; the times are divided by their number elsewhere.
/// </summary>
internal static class OursInBatches
{
    /// <summary>None: the kernels take one problem at a time today.</summary>
    public static Ours? For<T>(string folder, Question q)
        where T : unmanaged, IFloatingPointIeee754<T> => null;
}
