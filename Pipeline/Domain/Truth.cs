namespace Unmask.Pipeline;

/// <summary>
/// What was really fed to the model, to compare an answer with: nothing else may look at it. States are d×n, keyed by layer.
/// </summary>
public sealed record Truth(string Path, Option<Seq<int>> Ids, Option<string> Text, Map<int, Matrix> States);
