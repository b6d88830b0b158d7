namespace Unmask.Pipeline.Formats;

/// <summary>The edge to the file system: what it throws becomes a named failure, what it writes appears whole or not at all.</summary>
internal static class Files
{
    /// <summary>Runs a reader; a missing, locked or damaged file is a failure that names <paramref name="path"/>.</summary>
    public static Fin<A> Reading<A>(string path, Func<Fin<A>> read)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0')) return Faults.NoSuchFile(path);
        try
        {
            return read();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Faults.NoSuchFile(path);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException)
        {
            return Faults.CannotRead(path, error.Message);
        }
    }

    public static Fin<byte[]> Bytes(string path) => Reading<byte[]>(path, () => File.ReadAllBytes(path));

    public static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read);

    /// <summary>Writes beside the target and renames, so that an interrupted run leaves no half-written file.</summary>
    public static Fin<Unit> Writing(string path, Action<Stream> write)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0')) return Faults.CannotWrite(path, "not a file name");
        var temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite)) write(stream);
            File.Move(temporary, path, overwrite: true);
            return unit;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return Faults.CannotWrite(path, error.Message);
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }
}
