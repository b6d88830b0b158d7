global using LanguageExt;
global using LanguageExt.Common;
global using Unmask.Pipeline;
global using static LanguageExt.Prelude;
// By name: System.CommandLine has an Option of its own, which is called Setting here.
global using Command = System.CommandLine.Command;
global using InvocationConfiguration = System.CommandLine.InvocationConfiguration;
global using ParseResult = System.CommandLine.ParseResult;
global using RootCommand = System.CommandLine.RootCommand;
