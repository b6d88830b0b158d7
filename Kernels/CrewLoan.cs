namespace Unmask.Kernels;

/// <summary>
/// The crew of a size while somebody works with it; nobody's where one thread is enough or somebody has it already, and then the caller works alone.
/// Goes back when disposed.
/// </summary>
internal readonly ref struct CrewLoan : IDisposable
{
    private sealed class Place
    {
        public Crew? Crew;
        public int Taken;
    }

    private static readonly Dictionary<int, Place> Places = [];

    private readonly Place? _place;

    private CrewLoan(Place? place) => _place = place;

    public Crew? Crew => _place?.Crew;

    public static CrewLoan Of(int size)
    {
        if (size < 2) return default;
        Place? place;
        lock (Places)
        {
            if (!Places.TryGetValue(size, out place)) Places[size] = place = new Place();
        }

        if (Interlocked.Exchange(ref place.Taken, 1) != 0) return default;
        place.Crew ??= new Crew(size);
        return new CrewLoan(place);
    }

    public void Dispose()
    {
        if (_place is not null) Volatile.Write(ref _place.Taken, 0);
    }
}
