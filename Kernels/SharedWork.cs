namespace Unmask.Kernels;

/// <summary>
/// Numbered pieces of work, each done by whichever thread of a crew is free first; no piece may depend on who does it. Alone on the calling
/// thread where there is one thread only or another caller has the crew. Handing out allocates nothing.
/// </summary>
public sealed class SharedWork
{
    private readonly Action<int> _piece;
    private readonly Action<int> _stand;
    private readonly int _threads;
    private int _next;
    private int _count;

    /// <param name="piece">Does the piece of a number. What it throws reaches the caller of <see cref="Run"/>, in an <see cref="AggregateException"/> where another thread did it.</param>
    /// <param name="threads">How many threads, the caller's among them; all processors unless told.</param>
    public SharedWork(Action<int> piece, int? threads = null) => (_piece, _stand, _threads) = (piece, Stand, threads ?? Environment.ProcessorCount);

    /// <summary>Does the pieces 0 … count − 1 and returns when all are done.</summary>
    public void Run(int count)
    {
        if (_threads == 1 || count < 2 || !Crew.TryTake(_threads, out var crew))
        {
            for (var piece = 0; piece < count; piece++) _piece(piece);
            return;
        }

        try
        {
            (_next, _count) = (0, count);
            crew.Run(_stand);
        }
        finally
        {
            crew.GiveBack();
        }
    }

    private void Stand(int thread)
    {
        for (var piece = Interlocked.Increment(ref _next) - 1; piece < _count; piece = Interlocked.Increment(ref _next) - 1) _piece(piece);
    }
}
