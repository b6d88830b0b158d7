using System.Security.Cryptography;
using System.Text.Json;
using Unmask.Benchmarks.Asking;
using Unmask.Kernels;

namespace Unmask.Benchmarks.Comparison;

/// <summary>
/// Answers as they come, kept in a file where one is named, so that a run that was stopped or met a loud hour can go on: a later one asks only what is still in doubt. They are all
/// of the same programs on the same processor, which the first line of the file stands for.
/// </summary>
internal sealed class Journal : IDisposable
{
    private const char Between = '\t';
    private const string Begin = "begin";

    private readonly StreamWriter? _file;

    private Journal(string? path, string programs)
    {
        if (path is null) return;
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        if (lines.Length > 0 && lines[0] != programs)
            throw new InvalidDataException($"{path} holds answers of other programs or another processor: name another file, or delete it.");
        Kept = [.. lines.Skip(1).SelectMany(Of)];
        Runs = 1 + lines.Count(line => line == Begin);
        _file = File.AppendText(path);
        _file.AutoFlush = true;
        _file.WriteLine(lines.Length == 0 ? programs : ""); // the line before may be half written
        _file.WriteLine(Begin);
    }

    /// <summary>What earlier runs were answered, and by which contender.</summary>
    public IReadOnlyList<(string Name, Answer Answer)> Kept { get; } = [];

    /// <summary>Runs that add to it, this one among them.</summary>
    public int Runs { get; } = 1;

    public static Journal Open(string? path, IEnumerable<Contender> contenders) => new(path, path is null ? "" : Programs(contenders));

    public void Add(string name, Answer answer) => _file?.WriteLine($"{name}{Between}{answer.Line}");

    public void Dispose() => _file?.Dispose();

    private static IEnumerable<(string, Answer)> Of(string line)
    {
        if (line.Split(Between) is not [var name, var answer]) return [];
        try
        {
            return [(name, Answer.Parse(answer))];
        }
        catch (JsonException)
        {
            return []; // of a run that was stopped while it wrote
        }
    }

    private static string Programs(IEnumerable<Contender> contenders)
    {
        var files = contenders.SelectMany(c => c.Arguments.Prepend(c.Program)).Append(typeof(KernelTable).Assembly.Location).Where(File.Exists).Distinct().Order(StringComparer.Ordinal);
        var sums = files.SelectMany(file => SHA256.HashData(File.ReadAllBytes(file))).ToArray();
        return $"{Record.Processor} {Convert.ToHexString(SHA256.HashData(sums))}";
    }
}
