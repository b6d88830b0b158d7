using Unmask.Kernels;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>What theories run over.</summary>
public static class Losses
{
    /// <summary>Every loss, without a mask and with one.</summary>
    public static TheoryData<LossModel, bool> WithBothMasks
    {
        get
        {
            var data = new TheoryData<LossModel, bool>();
            foreach (var model in Enum.GetValues<LossModel>())
                foreach (var causal in new[] { false, true }) data.Add(model, causal);
            return data;
        }
    }
}
