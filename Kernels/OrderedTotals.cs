using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>A total for each piece of shared work, added up in the order of the pieces: the sum does not depend on who did which.</summary>
internal sealed unsafe class OrderedTotals<T>
    where T : unmanaged
{
    private T[] _totals = [];
    private int _count;

    /// <summary>Zero for so many pieces.</summary>
    public void Begin(int count)
    {
        if (_totals.Length < count) _totals = GC.AllocateArray<T>(count, pinned: true);
        Array.Clear(_totals, 0, count);
        _count = count;
    }

    /// <summary>Where a piece adds to.</summary>
    public void* At(int piece) => Unsafe.AsPointer(ref _totals[piece]);

    /// <summary>Adds them all to a number.</summary>
    public void AddTo(void* total)
    {
        for (var piece = 0; piece < _count; piece++)
            if (typeof(T) == typeof(float)) *(float*)total += *(float*)At(piece);
            else *(double*)total += *(double*)At(piece);
    }
}
