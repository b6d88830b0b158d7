using FsCheck;
using FsCheck.Fluent;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Cases for kernels: half of them sizes that are specialised, half any size; they shrink towards one token of width one.</summary>
public static class KernelArbitraries
{
    public static Arbitrary<KernelCase> Case()
    {
        var specialised = Gen.Elements(KernelTable.BuiltIn.Sizes.Where(s => s.D <= 32));
        var any = from d in Gen.Choose(1, 21) from n in Gen.Choose(1, 37) select (d, n);
        var generator =
            from size in Gen.OneOf(specialised, any)
            from model in Gen.Elements(Enum.GetValues<LossModel>())
            from causal in Gen.Elements(true, false)
            from seed in Gen.Choose(0, int.MaxValue - 1)
            select new KernelCase(size.Item1, size.Item2, model, causal, seed);
        return Arb.From(generator, Smaller);
    }

    private static IEnumerable<KernelCase> Smaller(KernelCase c)
    {
        if (c.D > 1) yield return new KernelCase(c.D - 1, c.N, c.Model, c.Causal, c.Seed);
        if (c.N > 1) yield return new KernelCase(c.D, c.N - 1, c.Model, c.Causal, c.Seed);
        if (c.D > 3) yield return new KernelCase(c.D / 2, c.N, c.Model, c.Causal, c.Seed);
        if (c.N > 3) yield return new KernelCase(c.D, c.N / 2, c.Model, c.Causal, c.Seed);
        if (c.Causal) yield return new KernelCase(c.D, c.N, c.Model, false, c.Seed);
    }
}
