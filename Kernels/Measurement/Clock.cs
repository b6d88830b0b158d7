namespace Unmask.Kernels.Measurement;

/// <summary>Nanoseconds since a timestamp; a TimeSpan would round them to hundreds.</summary>
internal static class Clock
{
    public static double Nanoseconds(this TimeProvider clock, long since) => (clock.GetTimestamp() - since) * (1e9 / clock.TimestampFrequency);
}
