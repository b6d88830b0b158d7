using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>
/// One zeroed block of memory, aligned to 64 bytes, carved into matrices. It lives on the pinned heap, so pointers into it stay valid as long
/// as the workspace is reachable and nothing has to be freed.
/// </summary>
internal sealed unsafe class Workspace<T>
    where T : unmanaged
{
    private const int Alignment = 64;
    private readonly T[] _block;
    private readonly T* _end;
    private T* _free;

    public Workspace(int elements)
    {
        _block = GC.AllocateArray<T>(elements + Alignment / Unsafe.SizeOf<T>(), pinned: true);
        _free = (T*)(((nint)Unsafe.AsPointer(ref _block[0]) + Alignment - 1) & -Alignment);
        _end = _free + elements;
    }

    /// <summary>Elements that are left.</summary>
    public int Length => (int)(_end - _free);

    /// <summary>A place in a workspace that nothing was carved from.</summary>
    public T* At(int offset) => _free + offset;

    /// <summary>The next so many elements, all zero; a multiple of the alignment.</summary>
    public T* Carve(int elements)
    {
        var piece = _free;
        _free += elements;
        return _free <= _end ? piece : throw new InvalidOperationException("The workspace was measured too small for its matrices.");
    }
}
