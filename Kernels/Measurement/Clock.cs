using System.Diagnostics;

namespace Unmask.Kernels.Measurement;

/// <summary>Nanoseconds since a timestamp; a TimeSpan would round them to hundreds.</summary>
internal static class Clock
{
    public static double Nanoseconds(long since) => (Stopwatch.GetTimestamp() - since) * (1e9 / Stopwatch.Frequency);
}
