namespace Unmask.Pipeline.Solvers;

/// <summary>An extension of hypothesis <paramref name="Parent"/> by <paramref name="Candidate"/>; for a pair, candidate numbers of both.</summary>
internal readonly record struct Extension(int Parent, int Candidate, double Loss) : IComparable<Extension>
{
    // A total order: equal losses fall back on the numbers, so the same beam survives whatever the order of arrival.
    public int CompareTo(Extension other) =>
        (Loss, Parent, Candidate).CompareTo((other.Loss, other.Parent, other.Candidate));
}

/// <summary>The K smallest extensions offered, in memory K.</summary>
internal sealed class BoundedHeap(int capacity)
{
    private readonly PriorityQueue<Extension, Extension> _worstFirst = new(Comparer<Extension>.Create((a, b) => b.CompareTo(a)));

    public int Count => _worstFirst.Count;

    /// <summary>A loss above this cannot enter; +∞ while there is room.</summary>
    public double Worst => _worstFirst.Count < capacity ? double.PositiveInfinity : _worstFirst.Peek().Loss;

    /// <summary>Takes an extension; what falls out instead, itself perhaps, is returned.</summary>
    public Extension? Offer(Extension extension)
    {
        if (_worstFirst.Count < capacity)
        {
            _worstFirst.Enqueue(extension, extension);
            return null;
        }

        return _worstFirst.EnqueueDequeue(extension, extension);
    }

    /// <summary>Everything kept, best first; the heap is empty afterwards.</summary>
    public Extension[] Drain()
    {
        var kept = new Extension[_worstFirst.Count];
        for (var k = kept.Length - 1; k >= 0; k--) kept[k] = _worstFirst.Dequeue();
        return kept;
    }
}
