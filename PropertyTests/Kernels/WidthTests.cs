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

    [Theory]
    [InlineData(LossModel.Scores, 4, VectorWidth.Bits512, TinyWidth.FamilyOfZen4, VectorWidth.Bits256)]
    [InlineData(LossModel.LogAttention, 4, VectorWidth.Bits512, TinyWidth.FamilyOfZen4, VectorWidth.Bits256)]
    [InlineData(LossModel.Attention, 4, VectorWidth.Bits512, TinyWidth.FamilyOfZen4, VectorWidth.Bits512)]
    [InlineData(LossModel.Scores, 8, VectorWidth.Bits512, TinyWidth.FamilyOfZen4, VectorWidth.Bits512)]
    [InlineData(LossModel.Scores, 4, VectorWidth.Bits512, 0x1A, VectorWidth.Bits512)]
    [InlineData(LossModel.Scores, 4, VectorWidth.Bits128, TinyWidth.FamilyOfZen4, VectorWidth.Bits128)]
    public void Tiny_programs_are_half_as_wide_where_that_is_faster(LossModel model, int size, VectorWidth best, int family, VectorWidth taken) =>
        Assert.Equal(taken, TinyWidth.Of(model, size, size, best, family));

    [Theory]
    [InlineData(LossModel.Scores)]
    [InlineData(LossModel.LogAttention)]
    [InlineData(LossModel.Attention)]
    public void A_kernel_of_no_given_width_is_the_one_that_is_chosen(LossModel model) =>
        Assert.Equal(KernelTable.BuiltIn.CreateDouble(model, 4, 4, width: TinyWidth.Of(model, 4, 4)).ServedBy, KernelTable.BuiltIn.CreateDouble(model, 4, 4).ServedBy);
}
