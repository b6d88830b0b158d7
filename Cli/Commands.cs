using System.CommandLine.Parsing;

namespace Unmask.Cli;

/// <summary>The tree of commands.</summary>
internal static class Commands
{
    public static RootCommand Root(Terminal terminal, CancellationToken cancellation)
    {
        var root = new RootCommand("What do a transformer's attention maps give away?")
        {
            DemoCommand.Make(terminal, cancellation),
            RecoverCommand.Make(terminal, cancellation),
            InvertCommand.Make(terminal, cancellation),
            ExplainCommand.Make(terminal, cancellation),
            KernelsCommand.Make(terminal, cancellation),
        };
        return Examples.On(root, "unmask demo", "unmask recover --model Samples/Models/stories260k --capture Samples/Captures/stories260k-n24.npz");
    }

    /// <summary>unmask, and the subcommand if there is one.</summary>
    public static IEnumerable<string> Path(CommandResult result) =>
        result.Parent is CommandResult above ? Path(above).Append(result.Command.Name) : ["unmask"];
}
