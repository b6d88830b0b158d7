using BenchmarkDotNet.Running;
using Unmask.Benchmarks.Asking;
using Unmask.Benchmarks.Comparison;

// time      answers the questions that peers/ answer, for our kernels: one line in, one line out
// compare   asks ours and every peer in turn and prints the table: use the script of that name, which builds the peers first
// otherwise BenchmarkDotNet, with its own arguments
switch (args)
{
    case ["time", var problems, .. var rest]:
        return TimeCommand.Run(problems, rest.Contains("--any-size"), rest.Contains("--two-threads"));
    case ["compare", .. var options]:
        try
        {
            return CompareCommand.Run(options);
        }
        catch (InvalidDataException bad)
        {
            Console.Error.WriteLine(bad.Message);
            return 2;
        }

    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
