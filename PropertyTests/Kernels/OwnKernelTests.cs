using OwnKernel;
using Unmask.Kernels;
using Unmask.PropertyTests.Oracle;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>A size that a user's project asked for: it is served by that project's kernel, which agrees like any other.</summary>
public class OwnKernelTests
{
    [Fact]
    public void It_is_the_users_kernel_that_serves()
    {
        Assert.False(KernelTable.BuiltIn.IsSpecialised(24, 48));
        Assert.True(OwnKernels.Table.IsSpecialised(24, 48));
        Assert.Equal("Size24x48F64", OwnKernels.Serving(LossModel.LogAttention, 24, 48));
        Assert.Superset(KernelTable.BuiltIn.Sizes.ToHashSet(), OwnKernels.Table.Sizes.ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Losses.WithBothMasks), MemberType = typeof(Losses))]
    public void It_agrees_three_ways(LossModel model, bool causal)
    {
        var c = new MergedCase(24, 48, model, causal, seed: 11);
        ThreeWays.KernelsAgree(c, (OwnKernels.Table, "the user's own"));
        ThreeWays.ScalarLoopsAgree(c);
    }
}
