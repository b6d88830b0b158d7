using Spectre.Console;
using Spectre.Console.Rendering;

namespace Unmask.Cli;

/// <summary>What is printed at once: laid out first, so that no line ends in blanks where there are no colours.</summary>
internal sealed class Page : IDisposable
{
    private readonly Terminal _terminal;
    private readonly StringWriter _buffer = new();
    private readonly IAnsiConsole _console;

    public Page(Terminal terminal)
    {
        _terminal = terminal;
        _console = (terminal with { Out = _buffer }).Results();
    }

    public void Write(string markup) => _console.MarkupLine(markup);

    public void Write(IRenderable part) => _console.Write(part);

    public void Blank() => _console.WriteLine();

    public void Dispose()
    {
        var text = _buffer.ToString().ReplaceLineEndings("\n");
        _terminal.Out.Write(_terminal.Colours ? text : string.Join('\n', text.Split('\n').Select(line => line.TrimEnd())));
        _terminal.Out.Flush();
    }
}
