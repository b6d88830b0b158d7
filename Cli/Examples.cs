using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Unmask.Cli;

/// <summary>Examples below the --help of a command.</summary>
internal static class Examples
{
    public static A On<A>(A command, params string[] examples)
        where A : Command
    {
        var help = command.Options.OfType<HelpOption>().FirstOrDefault();
        if (help is null) command.Add(help = new HelpOption());
        help.Action = new HelpWithExamples((HelpAction)help.Action!, examples);
        return command;
    }

    private sealed class HelpWithExamples(HelpAction standard, string[] examples) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            standard.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(examples.Length == 1 ? "Example:" : "Examples:");
            foreach (var example in examples) output.WriteLine($"  {example}");
            output.WriteLine();
            return ExitCode.Done;
        }
    }
}
