using Unmask.Generators.Maths;
using Unmask.Kernels;

namespace Unmask.PropertyTests.Kernels;

/// <summary>The derived expressions of each model, derived once.</summary>
internal static class Expressions
{
    private static readonly Dictionary<LossModel, Derivatives> All =
        Loss.Of(Form.Merged).ToDictionary(l => Enum.Parse<LossModel>(l.Model), l => new Derivatives(l));

    public static Derivatives Of(LossModel model) => All[model];
}
