namespace Unmask.Generators;

/// <summary>Names of the incremental steps, for the tests that watch what a change re-runs.</summary>
public static class Steps
{
    public const string Requests = "Requests";

    public const string Specs = "Specs";

    public const string List = "List";

    public const string Library = "Library";

    public const string Findings = "Findings";
}
