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

    public Workspace(int elements, int pieces)
    {
        var perLine = Alignment / Unsafe.SizeOf<T>();
        _block = GC.AllocateArray<T>(elements + (pieces + 1) * perLine, pinned: true);
        var start = (T*)Unsafe.AsPointer(ref _block[0]);
        _end = start + _block.Length;
        _free = Align(start);
    }

    /// <summary>The next rows × stride elements, all zero.</summary>
    public T* Carve(int rows, int stride)
    {
        var piece = _free;
        _free = Align(piece + (nint)rows * stride);
        return _free <= _end ? piece : throw new InvalidOperationException("The workspace was measured too small for its matrices.");
    }

    private static T* Align(T* pointer) => (T*)(((nint)pointer + Alignment - 1) & -Alignment);
}
