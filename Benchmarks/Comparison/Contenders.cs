using System.Collections.Immutable;
using Unmask.Benchmarks.Asking;
using Choices = System.Collections.Immutable.ImmutableArray<System.Collections.Immutable.ImmutableDictionary<string, string>>;

namespace Unmask.Benchmarks.Comparison;

/// <summary>Ours and every peer, each with the settings that served it best on this processor, found by trying.</summary>
internal static class Contenders
{
    public const string Ours = "ours";
    public const string OursNarrow = "ours-256";
    public const string OursOnTwo = "ours-two-threads";

    // A small, a middling and a large product, in both precisions.
    private static readonly ImmutableArray<Question> Trials =
    [
        .. from size in ((int D, int N)[])[(16, 32), (64, 256), (768, 512)]
           from precision in (string[])["float", "double"]
           select new Question("scores", "gradient", size.D, size.N, precision, 60),
    ];

    public static ImmutableArray<Contender> Find(Places places, bool narrow, string? cores, Action<string> say)
    {
        Problems.Write(places, Trials);
        Contender Native(string name, string title) => new(name, title, places.Peer(name), [places.Problems], Settings.Nothing[0], Native: true);
        Contender Python(string name, string title, string script, params string[] more) =>
            new(name, title, "/usr/bin/python3", [places.Script(script), places.Problems, .. more], Settings.Nothing[0]);

        var openBlas = Best(Native("openblas", "OpenBLAS"), Settings.OpenBlas, say);
        var onBlas = openBlas.Settings;
        var torch = Best(Python("pytorch-hand", "PyTorch by hand", "torch_peer.py", "hand") with { Settings = onBlas }, Settings.PyTorch, say);
        return
        [
            Managed(places, Ours, "ours", Settings.Unpinned),
            .. narrow ? (Contender[])[Managed(places, OursNarrow, "ours, 256 bits", Settings.Without512)] : [],
            .. OnTwo(places, cores),
            Native("straight", "our steps by g++") with { Native = false },
            Native("eigen-fixed", "Eigen fixed"),
            Native("eigen-dynamic", "Eigen dynamic"),
            openBlas,
            Best(Native("blis", "BLIS"), Settings.Blis, say),
            Native("libxsmm", "libxsmm") with { Settings = onBlas },
            Python("numpy", "NumPy by hand", "numpy_peer.py") with { Settings = onBlas },
            torch,
            Python("pytorch-autograd", "PyTorch autograd", "torch_peer.py", "autograd") with { Settings = torch.Settings },
        ];
    }

    /// <summary>Ours alone, for when only fractions of the peak are wanted.</summary>
    public static ImmutableArray<Contender> OursOnly(Places places, string? cores) =>
        [Managed(places, Ours, "ours", Settings.Unpinned), Managed(places, OursNarrow, "ours, 256 bits", Settings.Without512), .. OnTwo(places, cores)];

    // The only one that leaves the core that all others are pinned to; it answers for batches alone.
    private static IEnumerable<Contender> OnTwo(Places places, string? cores)
    {
        if (cores is null) yield break;
        var managed = Managed(places, OursOnTwo, "ours, two threads", Settings.Unpinned);
        yield return managed with { Program = "taskset", Arguments = ["-c", cores, managed.Program, .. managed.Arguments, "--two-threads"] };
    }

    private static Contender Managed(Places places, string name, string title, ImmutableDictionary<string, string> settings) =>
        new(name, title, "dotnet", [places.Assembly, "time", places.Problems], settings);

    private static Contender Best(Contender contender, Choices choices, Action<string> say)
    {
        var tried = choices.Select(choice => contender with { Settings = contender.Settings.SetItems(choice) })
            .Select(one => (Contender: one, Time: Try(one)))
            .ToArray();
        foreach (var (one, time) in tried)
            say($"{one.Name}, {Described(one.Settings)}: {(double.IsFinite(time) ? $"{time:n0} ns" : "does not run")}");
        return tried.MinBy(t => t.Time).Contender;
    }

    private static string Described(ImmutableDictionary<string, string> settings) =>
        settings.IsEmpty ? "by its own choice" : string.Join(", ", settings.Select(s => $"{s.Key}={s.Value}"));

    // Geometric mean of the best times; infinite if it does not answer them all.
    private static double Try(Contender contender)
    {
        using var peer = Peer.Start(contender);
        return Math.Exp(Trials.Select(q => Math.Log(peer.Ask(q)?.Best ?? double.PositiveInfinity)).Average());
    }
}
