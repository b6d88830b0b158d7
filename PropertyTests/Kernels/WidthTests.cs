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
}
