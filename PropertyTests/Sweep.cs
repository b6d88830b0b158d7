namespace Unmask.PropertyTests;

/// <summary>Whether the whole of what docs/results.md reports is asked for: UNMASK_SWEEP=full.</summary>
internal static class Sweep
{
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("UNMASK_SWEEP") == "full";
}
