using Unmask.Kernels;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Whether the settings under which ./check repeats the tests really took the wide vectors away, or brought them.</summary>
public class WidthTests
{
    // At most, not exactly: a machine may have less than the setting leaves.
    [Fact]
    public void Vectors_are_no_wider_than_the_setting_leaves()
    {
        var widest = Environment.GetEnvironmentVariable("UNMASK_EXPECT_WIDTH");
        Assert.True(widest is null || VectorWidths.Best <= Enum.Parse<VectorWidth>(widest), $"{VectorWidths.Best} is wider than {widest}");
        Assert.True(Environment.GetEnvironmentVariable("UNMASK_EMULATES") is null || VectorWidths.Best == VectorWidth.Bits512, $"{VectorWidths.Best} where 512 bits are emulated");
        Assert.Equal(VectorWidths.Best, VectorWidths.Supported[^1]);
    }

    // As Zen 4 would be taken by their signatures: EPYC 9354, Ryzen 7950X, EPYC 7763 (a Zen 3, if it had 512 bits), EPYC 9755 (Zen 5), Xeon 8480.
    [Theory]
    [InlineData(0xA10F11, true)]
    [InlineData(0xA60F12, true)]
    [InlineData(0xA00F11, true)]
    [InlineData(0xB00F21, false)]
    [InlineData(0x0806F8, false)]
    public void A_Zen_4_is_of_a_family_and_has_512_bits(int signature, bool family)
    {
        Assert.Equal(family, Zen4.IsOne(signature, VectorWidth.Bits512));
        Assert.False(Zen4.IsOne(signature, VectorWidth.Bits256));
    }

    [Theory]
    [InlineData(LossModel.Scores)]
    [InlineData(LossModel.LogAttention)]
    [InlineData(LossModel.Attention)]
    public void A_kernel_of_no_given_width_is_the_one_that_is_chosen(LossModel model) =>
        Assert.Equal(KernelTable.BuiltIn.CreateDouble(model, 4, 4, width: TinyWidth.Of(4, 4)).ServedBy, KernelTable.BuiltIn.CreateDouble(model, 4, 4).ServedBy);
}
