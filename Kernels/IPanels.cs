namespace Unmask.Kernels;

/// <summary>The product of a dialect (precision and width). Implemented by emitted structs without state, and by those that divide the work.</summary>
public unsafe interface IPanels<T>
    where T : unmanaged
{
    /// <summary>C = A B or C += A B. Rows are padded to four and columns to whole vectors, with zeros, so no tile has an edge.</summary>
    void Multiply<TShape>(TShape shape, T* left, T* right, T* target)
        where TShape : struct, IProductShape;

    /// <summary>C = A B + Aᵀ D or C += A B + Aᵀ D, with A square and D of B's shape.</summary>
    void MultiplyPair<TShape>(TShape shape, T* left, T* right, T* second, T* target)
        where TShape : struct, IProductShape;

    /// <summary>C = A B and E = A D, with D of B's shape and E of C's.</summary>
    void MultiplyTwin<TShape>(TShape shape, T* left, T* right, T* second, T* target, T* other)
        where TShape : struct, IProductShape;
}
