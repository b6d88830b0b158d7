using Spectre.Console;

namespace Unmask.Cli;

/// <summary>Where results and messages go, and whether a person sees them.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool Colours, bool ShowsProgress, int Width)
{
    /// <summary>For pipes, files and tests: no colour, no progress, the same bytes whatever the window.</summary>
    public static Terminal Plain(TextWriter output, TextWriter error) => new(output, error, false, false, 100);

    /// <summary>The process's own streams. NO_COLOR is honoured, https://no-color.org.</summary>
    public static Terminal OfProcess()
    {
        var coloured = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Terminal(
            Console.Out,
            Console.Error,
            coloured && !Console.IsOutputRedirected,
            !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
            Console.IsOutputRedirected ? 100 : Math.Clamp(Console.WindowWidth, 60, 120));
    }

    /// <summary>Results.</summary>
    public IAnsiConsole Results() => Over(Out, Colours);

    /// <summary>Progress; only asked for where <see cref="ShowsProgress"/>.</summary>
    public IAnsiConsole Messages() => Over(Error, Colours);

    private IAnsiConsole Over(TextWriter writer, bool colours)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = colours || (writer == Error && ShowsProgress) ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = writer == Error && ShowsProgress ? InteractionSupport.Yes : InteractionSupport.No,
        });
        console.Profile.Width = Width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
