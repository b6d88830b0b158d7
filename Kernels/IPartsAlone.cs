namespace Unmask.Kernels;

/// <summary>A gradient that can be taken apart, so that a measurement can say what its products and the rest take one after the other.</summary>
internal interface IPartsAlone
{
    /// <summary>The products, each from those before it, as if nothing were done to the matrices in between. Leaves no gradient.</summary>
    void RunProducts();

    /// <summary>What is done between the products, to whatever lies where the gradient is left.</summary>
    void RunPasses();
}
