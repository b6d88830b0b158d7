using System.Runtime.CompilerServices;

namespace Unmask.Kernels;

/// <summary>How many problems lie side by side, lane by lane.</summary>
public interface ILaneCount
{
    static abstract nint Count { get; }
}

/// <summary>Two problems.</summary>
public readonly struct Lanes2 : ILaneCount
{
    public static nint Count => 2;
}

/// <summary>Four problems.</summary>
public readonly struct Lanes4 : ILaneCount
{
    public static nint Count => 4;
}

/// <summary>Eight problems.</summary>
public readonly struct Lanes8 : ILaneCount
{
    public static nint Count => 8;
}

/// <summary>Sixteen problems.</summary>
public readonly struct Lanes16 : ILaneCount
{
    public static nint Count => 16;
}

/// <summary>A size at which every entry is a vector of the same entry of several problems: rows are padded to whole tiles only.</summary>
public readonly struct PerLane<TSize, TLanes>(TSize size) : IProblemSize
    where TSize : struct, IProblemSize
    where TLanes : struct, ILaneCount
{
    public nint D
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => size.D;
    }

    public nint N
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => size.N;
    }

    public nint H
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => size.H;
    }

    public nint StrideD
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Strides.Rows((int)size.D) * TLanes.Count;
    }

    public nint StrideN
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Strides.Rows((int)size.N) * TLanes.Count;
    }

    public nint StrideH
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Strides.Rows((int)size.H) * TLanes.Count;
    }
}
