namespace Unmask.Benchmarks.Comparison;

/// <summary>Where the peers are, given their folder.</summary>
internal sealed record Places(string Folder)
{
    public string Problems => Path.Combine(Folder, "build", "problems");

    public string Assembly => typeof(Places).Assembly.Location;

    public string Peer(string name) => Path.Combine(Folder, "build", name);

    public string Script(string name) => Path.Combine(Folder, name);
}
