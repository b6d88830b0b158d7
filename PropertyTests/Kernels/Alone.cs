using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Runs after all other tests, one by one, so that nothing else allocates meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class Alone
{
    public const string Name = "alone";
}
