using System.Runtime.InteropServices;

namespace Unmask.Cli;

/// <summary>Ctrl-C and SIGTERM: first ask everything to stop, and a little later leave, but never while a file is being put in place.</summary>
internal sealed class Interrupts : IDisposable
{
    // A second in all, with some of it left to the runtime.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(700);

    private readonly CancellationTokenSource _source = new();
    private readonly Seq<PosixSignalRegistration> _signals;

    private Interrupts() => _signals = Seq(PosixSignal.SIGINT, PosixSignal.SIGTERM)
        .Map(signal => PosixSignalRegistration.Create(signal, context => Stop(context))).Strict();

    public static Interrupts Watch() => new();

    /// <summary>Held by whoever writes a file.</summary>
    public static Lock Writing { get; } = new();

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _signals.Iter(signal => signal.Dispose());
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _source.Cancel();
        new Thread(Leave) { IsBackground = true }.Start();
    }

    private static void Leave()
    {
        Thread.Sleep(Patience);
        lock (Writing)
        {
            Console.Error.WriteLine(Faults.Interrupted().Message);
            // A progress bar hides the cursor.
            if (!Console.IsErrorRedirected) Console.Error.Write("\e[?25h");
            Environment.Exit(ExitCode.Interrupted);
        }
    }
}
