using FsCheck;
using FsCheck.Fluent;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Cases for kernels: half of them sizes that are specialised, half any size; they shrink towards one token of width one.</summary>
public static class KernelArbitraries
{
    public static Arbitrary<MergedCase> Merged()
    {
        var specialised = Gen.Elements(KernelTable.BuiltIn.Sizes.Where(s => s.D <= 32));
        var any = from d in Gen.Choose(1, 21) from n in Gen.Choose(1, 37) select (d, n);
        var generator =
            from size in Gen.OneOf(specialised, any)
            from model in Gen.Elements(Enum.GetValues<LossModel>())
            from causal in Gen.Elements(true, false)
            from seed in Gen.Choose(0, int.MaxValue - 1)
            select new MergedCase(size.Item1, size.Item2, model, causal, seed);
        return Arb.From(generator, Smaller);
    }

    public static Arbitrary<HeadsCase> Heads()
    {
        var generator =
            from d in Gen.Choose(1, 12)
            from n in Gen.Choose(1, 17)
            from heads in Gen.Choose(1, 4)
            from width in Gen.Choose(1, 9)
            from biased in Gen.Elements(true, false)
            from model in Gen.Elements(Enum.GetValues<LossModel>())
            from causal in Gen.Elements(true, false)
            from seed in Gen.Choose(0, int.MaxValue - 1)
            select new HeadsCase(d, n, heads, width, biased, model, causal, seed);
        return Arb.From(generator, Smaller);
    }

    private static IEnumerable<MergedCase> Smaller(MergedCase c)
    {
        if (c.D > 1) yield return new MergedCase(c.D - 1, c.N, c.Model, c.Causal, c.Seed);
        if (c.N > 1) yield return new MergedCase(c.D, c.N - 1, c.Model, c.Causal, c.Seed);
        if (c.D > 3) yield return new MergedCase(c.D / 2, c.N, c.Model, c.Causal, c.Seed);
        if (c.N > 3) yield return new MergedCase(c.D, c.N / 2, c.Model, c.Causal, c.Seed);
        if (c.Causal) yield return new MergedCase(c.D, c.N, c.Model, false, c.Seed);
    }

    private static IEnumerable<HeadsCase> Smaller(HeadsCase c)
    {
        if (c.Heads > 1) yield return new HeadsCase(c.D, c.N, c.Heads - 1, c.HeadWidth, c.HasBias, c.Model, c.Causal, c.Seed);
        if (c.HeadWidth > 1) yield return new HeadsCase(c.D, c.N, c.Heads, c.HeadWidth - 1, c.HasBias, c.Model, c.Causal, c.Seed);
        if (c.D > 1) yield return new HeadsCase(c.D - 1, c.N, c.Heads, c.HeadWidth, c.HasBias, c.Model, c.Causal, c.Seed);
        if (c.N > 1) yield return new HeadsCase(c.D, c.N - 1, c.Heads, c.HeadWidth, c.HasBias, c.Model, c.Causal, c.Seed);
        if (c.HasBias) yield return new HeadsCase(c.D, c.N, c.Heads, c.HeadWidth, false, c.Model, c.Causal, c.Seed);
        if (c.Causal) yield return new HeadsCase(c.D, c.N, c.Heads, c.HeadWidth, c.HasBias, c.Model, false, c.Seed);
    }
}
