namespace Unmask.PropertyTests;

/// <summary>Where the shipped samples lie: beside pipeline.sln, above the test binaries.</summary>
internal static class SamplePaths
{
    public static string Root { get; } = Above(AppContext.BaseDirectory);

    public static string Model(string name) => Path.Combine(Root, "Samples", "Models", name);

    public static string Capture(string file) => Path.Combine(Root, "Samples", "Captures", file);

    public static string Repository(string file) => Path.Combine(Root, file);

    private static string Above(string folder) =>
        File.Exists(Path.Combine(folder, "pipeline.sln"))
            ? folder
            : Above(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("pipeline.sln is not above the tests."));
}
