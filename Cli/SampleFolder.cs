namespace Unmask.Cli;

/// <summary>Where the samples lie: beside the command, or in a folder above it or above the current one.</summary>
internal static class SampleFolder
{
    public static Fin<string> Find() =>
        toSeq(Above(AppContext.BaseDirectory).Concat(Above(Environment.CurrentDirectory)))
            .Map(folder => Path.Combine(folder, "Samples"))
            .Find(folder => File.Exists(Capture(folder, "stories260k-n96.safetensors")))
            .ToFin(Faults.NoSuchFile("Samples"));

    public static string Model(string samples, string name) => Path.Combine(samples, "Models", name);

    public static string Capture(string samples, string file) => Path.Combine(samples, "Captures", file);

    private static IEnumerable<string> Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent) yield return at.FullName;
    }
}
