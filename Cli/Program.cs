using System.CommandLine.Invocation;

namespace Unmask.Cli;

/// <summary>The unmask command.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        using var interrupts = Interrupts.Watch();
        return Run(args, Terminal.OfProcess(), interrupts.Token);
    }

    /// <summary>The command without a process around it.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default) =>
        Run(args, Terminal.Plain(output, error), cancellation);

    private static int Run(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        var parsed = Commands.Root(terminal, cancellation).Parse(args);
        if (parsed.Action is ParseErrorAction) return Complain(parsed, terminal);
        var streams = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return parsed.Invoke(streams);
        }
        catch (IOException) when (Console.Out == terminal.Out)
        {
            // Whoever read the results has seen enough and closed the pipe.
            return ExitCode.Done;
        }
    }

    private static int Complain(ParseResult parsed, Terminal terminal)
    {
        foreach (var error in parsed.Errors) terminal.Error.WriteLine(error.Message);
        terminal.Error.WriteLine($"Try {string.Join(' ', Commands.Path(parsed.CommandResult))} --help.");
        return ExitCode.Usage;
    }
}
