namespace Unmask.Kernels;

/// <summary>
/// The four products of a size, on matrices laid out by <see cref="Strides"/>. Each writes its target, or adds to it when told to.
/// Implemented by emitted structs, one per size, precision and width.
/// </summary>
public unsafe interface IProducts<T>
    where T : unmanaged
{
    int D { get; }

    int N { get; }

    /// <summary>Elements from row to row of a d×d matrix.</summary>
    int StrideD { get; }

    /// <summary>Elements from row to row of a d×n or n×n matrix.</summary>
    int StrideN { get; }

    /// <summary>W X, d×d · d×n.</summary>
    void WeightsTimesStates(T* left, T* right, T* target, bool add);

    /// <summary>Wᵀ X, (d×d)ᵀ · d×n.</summary>
    void WeightsTransposedTimesStates(T* left, T* right, T* target, bool add);

    /// <summary>Xᵀ Q, (d×n)ᵀ · d×n.</summary>
    void StatesTransposedTimesStates(T* left, T* right, T* target, bool add);

    /// <summary>Q M, d×n · n×n.</summary>
    void StatesTimesMap(T* left, T* right, T* target, bool add);
}
