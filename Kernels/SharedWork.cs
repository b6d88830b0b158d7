namespace Unmask.Kernels;

/// <summary>
/// Numbered pieces of work, each done by whichever thread of a crew is free first; no piece may depend on who does it. Alone on the calling
/// thread where there is one thread only or another caller has the crew. Handing out allocates nothing.
/// </summary>
public sealed class SharedWork
{
    private readonly Action<int, int> _piece;
    private readonly Action<int> _stand;
    private int _next;
    private int _count;

    /// <param name="piece">Does the piece of a number. What it throws reaches the caller of <see cref="Run"/>, in an <see cref="AggregateException"/> where another thread did it.</param>
    /// <param name="threads">How many threads, the caller's among them; all processors unless told.</param>
    public SharedWork(Action<int> piece, int? threads = null)
        : this((number, _) => piece(number), threads)
    {
    }

    /// <param name="piece">Likewise, and is told which thread does it, below <paramref name="threads"/>, so that each may have memory of its own.</param>
    /// <param name="threads">Likewise.</param>
    public SharedWork(Action<int, int> piece, int? threads = null) => (_piece, _stand, Threads) = (piece, Stand, threads ?? Environment.ProcessorCount);

    /// <summary>The most threads that take part.</summary>
    public int Threads { get; }

    /// <summary>Does the pieces 0 … count − 1 and returns when all are done.</summary>
    public void Run(int count)
    {
        using var loan = CrewLoan.Of(count < 2 ? 1 : Threads);
        if (loan.Crew is not { } crew)
        {
            for (var piece = 0; piece < count; piece++) _piece(piece, 0);
            return;
        }

        (_next, _count) = (0, count);
        crew.Run(_stand);
    }

    private void Stand(int thread)
    {
        for (var piece = Interlocked.Increment(ref _next) - 1; piece < _count; piece = Interlocked.Increment(ref _next) - 1) _piece(piece, thread);
    }
}
