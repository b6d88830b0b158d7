namespace Unmask.Kernels;

/// <summary>
/// What a product C is compared with: B̂, which lies as C does. C = A B − B̂ in place of A B, and half the sum of its squares is added to a total; so the difference is made
/// while the product is still in registers.
/// </summary>
/// <param name="toObserved">Entries from one of C to that of B̂.</param>
/// <param name="total">The number that is added to; null where nothing is compared.</param>
public readonly unsafe struct Residual(nint toObserved, void* total)
{
    public nint ToObserved { get; } = toObserved;

    /// <summary>Nothing is observed, or it would lie where C does.</summary>
    public bool IsNothing => ToObserved == 0;

    public void* Total { get; } = total;
}
