using System.Numerics;
using System.Runtime.InteropServices;

namespace Unmask.Pipeline.Solvers;

/// <summary>What becomes of the gaps of a tile of pairs, four vectors at a time from first token <c>tile + j</c> on.</summary>
internal interface IGapSink
{
    void Take(int j, Vector<double> p, Vector<double> q, Vector<double> r, Vector<double> s);
}

/// <summary>By how much each pair of a tile misses a test's target: b(t₁)·a(t₀) − shift(t₀) − shift(t₁) − target.</summary>
internal static class PairGaps
{
    // The sink is a struct, so that its code stands inside the loop.
    public static void Into<TSink>(ref TSink sink, PairTest test, int size, int tile, int t1)
        where TSink : struct, IGapSink
    {
        var (lanes, stride) = (Vector<double>.Count, PairTest.Padded(size));
        var width = test.First.Length / stride;
        var b = test.Second.AsSpan(t1 * width, width);
        ref var a = ref MemoryMarshal.GetArrayDataReference(test.First);
        var shift = new Vector<double>(-test.SecondShift[t1] - test.Test.Target);
        for (var j = 0; j < PairTest.Tile; j += 4 * lanes)
        {
            var at = tile + j;
            var (p, q) = (shift - new Vector<double>(test.FirstShift, at), shift - new Vector<double>(test.FirstShift, at + lanes));
            var (r, s) = (shift - new Vector<double>(test.FirstShift, at + 2 * lanes), shift - new Vector<double>(test.FirstShift, at + 3 * lanes));
            for (var c = 0; c < b.Length; c++, at += stride)
            {
                var v = new Vector<double>(b[c]);
                p = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref a, (nuint)at), p);
                q = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref a, (nuint)(at + lanes)), q);
                r = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref a, (nuint)(at + 2 * lanes)), r);
                s = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref a, (nuint)(at + 3 * lanes)), s);
            }

            sink.Take(j, p, q, r, s);
        }
    }
}
