namespace Unmask.Cli;

/// <summary>What a script is told. docs/cli.md.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Usage = 1;
    public const int BadInput = 2;
    public const int NotConverged = 3;
    public const int Interrupted = 130;

    public static int Of(VerdictKind kind) => kind == VerdictKind.NotConverged ? NotConverged : Done;

    /// <summary>A question nobody can answer is the input's fault as much as a damaged file is: only 3xx is a search that did not arrive.</summary>
    public static int Of(Error error) => Faults.IsBadInput(error) || error.Code is < 300 or >= 400 ? BadInput : NotConverged;
}
