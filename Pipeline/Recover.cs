namespace Unmask.Pipeline;

/// <summary>What to look at in a model's capture; what is absent is chosen by <see cref="Normalise"/>.</summary>
public sealed record Selection(Option<int> Layer, Option<Observation> Observe, Option<Precision> Precision)
{
    public static Selection Default { get; } = new(None, None, None);

    /// <summary>The output beside the maps; where nothing is said of what to observe it is taken if it was captured.</summary>
    public bool WithOutput { get; init; }

    /// <summary>Which sequence of a batch.</summary>
    public Option<int> Sequence { get; init; }

    /// <summary>What rows of attention sum to, where they do not sum to one.</summary>
    public Option<RowSums> RowSums { get; init; }

    /// <summary>Whether a single map is the mean over heads, where the file does not say so.</summary>
    public bool Averaged { get; init; }
}

/// <summary>A problem, what may be said of its answer, and the answer.</summary>
public sealed record Recovery(Problem Problem, Verdict Verdict);

/// <summary>The whole pipeline.</summary>
public static class Recover
{
    /// <summary>From a checkpoint folder and a capture file to the verdict and the states behind the maps.</summary>
    public static Fin<Recovery> Model(string folder, string capture, Selection selection, Func<Problem, Fin<Estimate>> invert) =>
        from asked in Question(folder, capture, selection)
        from estimate in invert(asked.Problem)
        from verdict in Verify.Against(asked.Problem)(estimate)
        select new Recovery(asked.Problem, verdict);

    /// <summary>The part of it before anything is solved; what is wrong with the model and with the capture is reported together.</summary>
    public static Fin<(Checkpoint Checkpoint, Problem Problem)> Question(string folder, string capture, Selection selection) =>
        from both in Door.Both(Load.Checkpoint(folder), Load.Capture(capture, selection.Sequence))
        from problem in Normalised(both.First, selection)(both.Second)
        select (both.First, problem);

    /// <summary>Plain matrices from two files, likewise.</summary>
    public static Fin<(Weights Weights, Target Target)> Matrices(string weights, string target) =>
        Door.Both(Load.Weights(weights), Load.Target(target));

    /// <summary>The same for many captures of one loaded model, as composed functions: capture file → recovery.</summary>
    public static Func<string, Fin<Recovery>> From(Checkpoint checkpoint, Selection selection, Func<Problem, Fin<Estimate>> invert)
    {
        Func<string, Fin<Capture>> load = path => Load.Capture(path, selection.Sequence);
        return load >> Normalised(checkpoint, selection) >> Answer(invert);
    }

    /// <summary>From a problem on, whatever it came from: invert, then verify.</summary>
    public static Func<Problem, Fin<Recovery>> Answer(Func<Problem, Fin<Estimate>> invert) => problem =>
        (invert >> Verify.Against(problem))(problem).Map(verdict => new Recovery(problem, verdict));

    private static Func<Capture, Fin<Problem>> Normalised(Checkpoint checkpoint, Selection selection) => capture =>
        Normalise.Problem(checkpoint, capture, selection);
}
