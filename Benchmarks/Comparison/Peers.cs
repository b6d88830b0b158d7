using System.Collections.Immutable;

namespace Unmask.Benchmarks.Comparison;

/// <summary>Everybody who is asked, running.</summary>
internal sealed class Peers(ImmutableArray<Contender> contenders) : IDisposable
{
    public ImmutableArray<(Contender Contender, Peer Peer)> All { get; } = [.. contenders.Select(c => (c, Peer.Start(c)))];

    public void Dispose()
    {
        foreach (var (_, peer) in All) peer.Dispose();
    }
}
