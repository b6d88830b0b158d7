namespace Unmask.PropertyTests;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unmask-");

    public string File(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
