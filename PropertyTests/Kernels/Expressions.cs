using Unmask.Generators.Maths;
using Unmask.PropertyTests.Oracle;

namespace Unmask.PropertyTests.Kernels;

/// <summary>The derived expressions of each loss, derived once.</summary>
internal static class Expressions
{
    private static readonly Dictionary<string, Derivatives> All = Loss.All.ToDictionary(l => l.Name, l => new Derivatives(l));

    public static Derivatives Of(KernelCase c) => All[c.Form.Prefix + c.Model];
}
