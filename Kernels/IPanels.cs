namespace Unmask.Kernels;

/// <summary>The product of a dialect (precision and width). Implemented by emitted structs without state, and by those that divide the work.</summary>
public unsafe interface IPanels<T>
    where T : unmanaged
{
    /// <summary>C = A B or C += A B. Rows are padded to four and columns to whole vectors, with zeros, so no tile has an edge.</summary>
    void Multiply<TShape>(TShape shape, T* left, T* right, T* target)
        where TShape : struct, IProductShape;

    /// <summary>C = A B + Dᵀ E or C += A B + Dᵀ E, one as deep as the other. D may be A, where that is square.</summary>
    /// <param name="shape">Of the first product.</param>
    void MultiplyPair<TShape>(TShape shape, T* left, T* right, T* turnedLeft, T* second, T* target)
        where TShape : struct, IPairShape;

    /// <summary>C = A B and E = A D, with D of B's shape and E of C's.</summary>
    void MultiplyTwin<TShape>(TShape shape, T* left, T* right, T* second, T* target, T* other)
        where TShape : struct, IProductShape;

    /// <summary>Whether such a product may be compared with what is observed.</summary>
    static virtual bool TakesResiduals<TShape>(TShape shape)
        where TShape : struct, IProductShape => false;

    /// <summary>Bytes of a row of a strip of columns, as wide as tiles are: a line of the cache, or several.</summary>
    static virtual int StripBytes => 64;

    /// <summary>Whether <see cref="Multiply"/> takes a <see cref="PackedShape{T, THeight}"/>: tiles are six rows high and 64 bytes wide, or four rows high at the end.</summary>
    static virtual bool TakesPacked => false;

    /// <summary>Whether <see cref="Sum"/> serves such targets: those so narrow that reading and writing them between products would show.</summary>
    static virtual bool SumsUp<TShape>(TShape shape)
        where TShape : struct, IPairShape => false;

    /// <summary>C = A B + Dᵀ E + F G, each as deep as the others.</summary>
    /// <param name="shape">Of the first and the third product.</param>
    static virtual void Sum<TShape>(TShape shape, T* left, T* right, T* turnedLeft, T* second, T* thirdLeft, T* third, T* target)
        where TShape : struct, IPairShape => throw new NotSupportedException("No sums of products: SumsUp says so.");
}
