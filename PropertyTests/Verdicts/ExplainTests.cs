using Unmask.Pipeline;
using Xunit;

namespace Unmask.PropertyTests.Verdicts;

/// <summary>What is said before a capture agrees with what theory says, and with the verdict afterwards.</summary>
public class ExplainTests
{
    [Theory]
    [InlineData(6, 3, 2, Mask.None, 3)]
    [InlineData(8, 4, 2, Mask.None, 3)]
    [InlineData(6, 3, 2, Mask.Causal, 5)]
    [InlineData(8, 4, 2, Mask.Causal, 5)]
    public void SeveralHeadsNeedAsManyTokensAsCountingSays(int d, int heads, int width, Mask mask, int least)
    {
        var forecast = Explain.Layer(ManyHeads.Layer(d, heads, width, mask, 3), least, Observation.Attention).ThrowIfFail();
        Assert.Equal((least, false), (forecast.Least.IfNone(0), forecast.Counted));
        Assert.Equal((0, Symmetry.Sign), (forecast.There.Nullity, forecast.There.Symmetry));
    }

    [Fact]
    public void OneTokenFewerLeavesSomethingFree() =>
        Assert.True(Explain.Layer(ManyHeads.Layer(6, 3, 2, Mask.Causal, 3), 4, Observation.Attention).ThrowIfFail().There.Nullity > 0);

    [Fact]
    public void OneFullHeadKeepsItsTorusFromOneTokenMoreThanDimensions()
    {
        var forecast = Explain.Layer(ManyHeads.Layer(6, 1, 6, Mask.None, 5), 12, Observation.Attention).ThrowIfFail();
        Assert.Equal((7, Symmetry.Torus(3)), (forecast.Least.IfNone(0), forecast.There.Symmetry));
    }

    [Fact]
    public void OneThinHeadIsNeverEnough()
    {
        var forecast = Explain.Layer(ManyHeads.Layer(8, 1, 2, Mask.None, 5), 20, Observation.Attention).ThrowIfFail();
        Assert.True(forecast.Least.IsNone);
        Assert.Equal(20 * (8 - 4) + 4 + 2, forecast.There.Nullity);
    }

    [Fact]
    public void LargeScoresHideNothing()
    {
        var layer = ManyHeads.Layer(6, 3, 2, Mask.None, 3) with { Scale = 500 };
        Assert.Equal(0, Explain.Layer(layer, 5, Observation.Attention).ThrowIfFail().There.Nullity);
    }
}
