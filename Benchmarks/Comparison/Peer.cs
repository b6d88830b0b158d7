using System.Diagnostics;
using Unmask.Benchmarks.Asking;

namespace Unmask.Benchmarks.Comparison;

/// <summary>A program that answers questions, kept running so that rounds can be interleaved question by question.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;
    private bool _alive = true;

    private Peer(Process process) => _process = process;

    public static Peer Start(Contender contender)
    {
        var start = new ProcessStartInfo(contender.Program, contender.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // Inherited settings of this kind would cripple a library, or let it use a second core.
        foreach (var name in Settings.OfLibraries) start.Environment.Remove(name);
        foreach (var (name, value) in Settings.OneThread.Concat(contender.Settings)) start.Environment[name] = value;
        return new Peer(Process.Start(start) ?? throw new InvalidOperationException($"{contender.Program} does not start."));
    }

    /// <summary>The answer, or none if the program has ended, as some do when a setting does not suit the processor.</summary>
    public Answer? Ask(Question q)
    {
        try
        {
            if (!_alive) return null;
            _process.StandardInput.WriteLine(q.Line);
            if (_process.StandardOutput.ReadLine() is { } line) return Answer.Parse(line);
        }
        catch (IOException)
        {
            // Its end of the pipe is closed: as good as no line.
        }

        _alive = false;
        return null;
    }

    public void Dispose()
    {
        _process.StandardInput.Dispose();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5))) _process.Kill();
        _process.Dispose();
    }
}
