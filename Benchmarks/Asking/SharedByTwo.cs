namespace Unmask.Benchmarks.Asking;

/// <summary>Work that two threads share, done otherwise.</summary>
/// <param name="ByOne">All of it by one thread.</param>
/// <param name="First">Half of it by one thread, with nothing in common with the other half.</param>
/// <param name="Second">The other half.</param>
/// <param name="Left">Bytes of results that it leaves.</param>
internal sealed record SharedByTwo(Action<int> ByOne, Action<int> First, Action<int> Second, int Left);
