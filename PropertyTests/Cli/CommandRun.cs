using Unmask.Cli;

namespace Unmask.PropertyTests.Cli;

/// <summary>One run of the command, in this process: what it printed and how it ended.</summary>
internal sealed record CommandRun(int ExitCode, string Out, string Error)
{
    public static CommandRun Of(params string[] args) => Of(default, args);

    public static CommandRun Of(CancellationToken cancellation, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = Program.Run(args, output, error, cancellation);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    public static CommandRun Recover(string model, string capture, params string[] more) =>
        Of(["recover", "--model", SamplePaths.Model(model), "--capture", SamplePaths.Capture($"{capture}.safetensors"), .. more]);

    public static string[] Truth(string capture) => ["--truth", SamplePaths.Capture($"{capture}.truth.json")];
}
