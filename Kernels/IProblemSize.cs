namespace Unmask.Kernels;

/// <summary>
/// The extents of a problem and how far apart rows lie. A size that is known at build time gives constants, which the runtime compiles into
/// everything that is generic over it.
/// </summary>
public interface IProblemSize
{
    /// <summary>Width of a state.</summary>
    nint D { get; }

    /// <summary>Number of tokens.</summary>
    nint N { get; }

    /// <summary>Width of a head, where heads are thin; else 0.</summary>
    nint H { get; }

    /// <summary>Numbers from row to row of a matrix with d columns.</summary>
    nint StrideD { get; }

    /// <summary>Numbers from row to row of a matrix with n columns.</summary>
    nint StrideN { get; }

    /// <summary>Numbers from row to row of a matrix with h columns.</summary>
    nint StrideH { get; }
}
