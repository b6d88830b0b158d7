namespace Unmask.Generators.Lowering;

/// <summary>
/// What one method may contain before the runtime's compiler gives up optimising it. Its own limits are 60,000 bytes of IL, 2,000 locals and
/// 8,000 references to them; these keep a distance. The emitted assembly is held to them by a test.
/// </summary>
public static class Budget
{
    public const int MaxIlBytes = 20_000;

    public const int MaxInstructions = 10_000;

    public const int MaxLocals = 400;

    public const int MaxLocalReferences = 4_000;

    // operand = Create(a[offset]); sum = FusedMultiplyAdd(a, b, sum); *(c + offset) = sum. Names of few locals take two bytes.
    private const int Operand = 20;
    private const int MultiplyAdd = 16;
    private const int Store = 16;
    private const int Start = 42;
    private const int Loop = 450;

    // Sse.Prefetch0(c + row * stride + offset).
    private const int Ask = 24;

    // sum -= *(d + offset); square = FusedMultiplyAdd(sum, sum, square).
    private const int Compare = 36;
    private const int Squares = 120;

    /// <summary>
    /// IL of one register tile: its sums, and the steps of its inner loop with one more for the remainder; a tile that looks ahead asks besides
    /// for the target and the left factor of the next, and for what is observed; one that compares takes that off.
    /// </summary>
    public static int EstimatedIlBytes(int rows, int vectors, int steps, bool looksAhead, bool compares) =>
        Loop + rows * vectors * (Start + Store) + (steps + 1) * (rows * vectors * MultiplyAdd + (rows + vectors) * Operand)
        + (looksAhead ? 2 * rows * vectors * Ask + (rows + 2) * Operand : 0) + (compares ? rows * vectors * Compare + Squares : 0);
}
