namespace Unmask.Cli;

/// <summary>An option of the command line.</summary>
internal sealed class Setting<A>(string name, params string[] aliases) : System.CommandLine.Option<A>(name, aliases);
