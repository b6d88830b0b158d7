namespace Unmask.Pipeline;

/// <summary>
/// Everything that is expected to go wrong, each as one sentence: what, where, which rule, what to do.
/// 1xx: a question nobody can answer; 2xx: bad input; 3xx: a solver that did not arrive.
/// </summary>
public static class Faults
{
    public static Error BadDims(int d, int n) =>
        Error.New(200, $"d={d}, n={n} is no problem size: both must be at least 1.");

    /// <summary>Whether a failure is bad input (exit code 2) rather than a search that did not arrive.</summary>
    public static bool IsBadInput(Error error) => error.Code is >= 200 and < 300 || error is ManyErrors many && many.Errors.Exists(IsBadInput);

    public static Error Interrupted() => Error.New(390, "Interrupted.");

    public static Error SolverDoesNotApply(string solver, string why) =>
        Error.New(110, $"The {solver} solver does not apply: {why}.");

    public static Error TimedOut(string solver, double seconds) =>
        Error.New(391, $"The {solver} search was stopped after {Number(seconds)} s and holds no answer before its end; "
            + "allow it more time, or fewer iterations.");

    public static Error NobodySolves(Problem problem, Seq<Error> refusals) =>
        Error.New(110, $"{problem.Name}: no solver takes this problem yet: {string.Join(" ", refusals.Map(error => error.Message))}");

    public static Error NoSuchSolver(string name, Seq<string> known) =>
        Error.New(252, $"There is no solver {name}; choose auto or one of {Listed(known)}.");

    public static Error TruthLength(string path, int found, int tokens) =>
        Error.New(253, $"{path}: key token_ids has {found} entries but the capture has {tokens} tokens; give the truth of this capture.");

    public static Error BadStart(Matrix start, Dims dims) =>
        Error.New(250, $"The start is {start.Rows}x{start.Columns}, but this problem has d={dims.D}, n={dims.N}: give a {dims.D}x{dims.N} matrix.");

    // Files, whatever their format.

    public static Error NoSuchFile(string path) =>
        Error.New(201, $"{path}: there is no such file or folder; check the path.");

    public static Error CannotRead(string path, string why) =>
        Error.New(202, $"{path}: cannot be read ({why.Trim().TrimEnd('.')}); check that it is a complete, readable file.");

    public static Error CannotWrite(string path, string why) =>
        Error.New(203, $"{path}: cannot be written ({why.Trim().TrimEnd('.')}); choose another place.");

    public static Error UnknownFormat(string path) =>
        Error.New(204, $"{path}: neither a .safetensors, .npy nor .npz file nor a BertViz page by its first bytes; save the tensors in one of these.");

    public static Error UnknownExtension(string path) =>
        Error.New(205, $"{path}: the name must end in .safetensors, .npy or .npz to say which format to write.");

    public static Error Truncated(string path, long needed, long found) =>
        Error.New(206, $"{path}: truncated, {needed} bytes are needed and {found} are there; copy or download it again.");

    public static Error TrailingBytes(string path, long extra) =>
        Error.New(207, $"{path}: {extra} bytes follow the last tensor, so the header does not describe this file; save it again.");

    public static Error BadHeader(string path, string rule) =>
        Error.New(208, $"{path}: the header is broken ({rule}); the file is damaged or of another kind, save it again.");

    public static Error BadJson(string path, string why) =>
        Error.New(209, $"{path}: not valid JSON ({why.Trim().TrimEnd('.')}); save it again.");

    public static Error BadKey(string path, string key, string rule) =>
        Error.New(210, $"{path}: key {key} {rule}; correct it, or take the file again from where it was saved.");

    // Tensors inside a file.

    public static Error NoTensors(string path) =>
        Error.New(211, $"{path}: holds no tensor; save at least one.");

    public static Error MissingTensor(string path, string tensor, Seq<string> present) =>
        Error.New(212, $"{path}: tensor {tensor} is missing (the file holds {Listed(present)}); save it under that name.");

    public static Error DuplicateTensor(string path, string tensor) =>
        Error.New(213, $"{path}: tensor {tensor} is there twice; every name must be unique, save the file again.");

    public static Error BadTensor(string path, string tensor, string rule) =>
        Error.New(214, $"{path}: tensor {tensor} {rule}; the file is damaged, save it again.");

    public static Error UnreadableType(string path, string tensor, string type, string advice) =>
        Error.New(215, $"{path}: tensor {tensor} has type {type}, which is not read here; {advice}.");

    public static Error BadShape(string path, string tensor, string shape, string expected) =>
        Error.New(216, $"{path}: tensor {tensor} has shape {shape} but must be {expected}; save it in that shape.");

    public static Error SeveralSequences(string path, string tensor, string shape) =>
        Error.New(217, $"{path}: tensor {tensor} has shape {shape}, a batch of several sequences; save one alone, or choose it with recover --sequence K, counted from 0.");

    public static Error AmbiguousTensor(string path, Seq<string> present) =>
        Error.New(218, $"{path}: holds several tensors ({Listed(present)}) and none is named; name the one to read.");

    public static Error Cut(string path, string tensor, long needed, long found, int others) =>
        Error.New(219, $"{path}: truncated, tensor {tensor}{AndOthers(others)} reaches to byte {needed} of the data, which is only {found} bytes long; "
            + "copy or download it again.");

    // Models.

    public static Error UnknownModelType(string path, string type, Seq<string> known) =>
        Error.New(220, $"{path}: model_type {type} is not supported; use one of {string.Join(", ", known)}, "
            + "describe it in an unmask.json (docs/models.md), or give plain matrices to invert.");

    public static Error UnsupportedSetting(string path, string key, string value, string only) =>
        Error.New(221, $"{path}: {key} is {value}, which changes the attention scores in a way not modelled here; only {only} is supported.");

    public static Error Indivisible(string path, string what, int whole, string by, int part) =>
        Error.New(222, $"{path}: {what} {whole} is not a multiple of {by} {part}; the config does not describe a model, fetch it again.");

    public static Error UnsupportedTokenizer(string path, string part, string type) =>
        Error.New(223, $"{path}: {part} of type {type} is not supported; remove tokenizer.json to work with token ids only.");

    // Captures and plain matrices, checked against the layer.

    public static Error NothingCaptured(string path, Seq<string> present) =>
        Error.New(230, $"{path}: no tensor is named attentions.N, scores.N or attention_outputs.N, or as Hugging Face or TransformerLens do "
            + $"(the file holds {Listed(present)}); rename them so.");

    public static Error LayerNotCaptured(string path, int layer, Seq<int> captured) =>
        Error.New(231, $"{path}: layer {layer} was not captured (layers {Listed(captured.Map(l => $"{l}"))} were); choose one of those.");

    public static Error LayerNotInModel(string path, int layer, string model, int count) =>
        Error.New(232, $"{path}: layer {layer} was captured but the model {model} has only layers 0 to {count - 1}; give the model that was captured.");

    public static Error TooManyAsked(string path, int tokens, int positions) =>
        Error.New(243, $"{path}: {tokens} tokens were asked about, but the model has only {positions} positions; ask about fewer.");

    public static Error NoSuchLayer(string path, int layer, int count) =>
        Error.New(242, $"{path}: there is no layer {layer}, the model has layers 0 to {count - 1}; choose one of those.");

    public static Error NotObserved(string path, string tensor, Seq<string> present) =>
        Error.New(233, $"{path}: tensor {tensor} is missing (of this layer the file holds {Listed(present)}); observe what is there or capture it.");

    public static Error HeadCount(string path, string tensor, int found, int expected) =>
        Error.New(234, $"{path}: tensor {tensor} has {found} heads but the layer has {expected}; give the model that was captured, all heads of it, "
            + "or a tensor heads beside it that lists which ones they are.");

    public static Error TooManyTokens(string path, string tensor, int n, int positions) =>
        Error.New(235, $"{path}: tensor {tensor} has {n} tokens but the model has only {positions} positions; give the model that was captured.");

    public static Error NoValueWeights(string path, string tensor) =>
        Error.New(236, $"{path}: tensor {tensor} can only be explained with value weights and none are known; give them, or observe attention or scores.");

    public static Error BadEntry(string path, string tensor, string where, double value, string rule, int others) =>
        Error.New(237, $"{path}: tensor {tensor} is {Number(value)} at {where}{AndOthers(others)} but {rule}.");

    public static Error RowSum(string path, string tensor, string where, double sum, double tolerance, int others, string looks) =>
        Error.New(238, $"{path}: tensor {tensor} sums to {Number(sum)} over {where}{AndOthers(others)} but every row must sum to 1 within "
            + $"{Number(tolerance)}; {looks}.");

    public static Error BadWeights(string path, string rule) =>
        Error.New(239, $"{path}: these weights define no scores, {rule}; correct them and try again.");

    private static string AndOthers(int others) => others == 0 ? "" : $" (and {others} more)";

    private static string Number(double value) => value.ToString("G9", System.Globalization.CultureInfo.InvariantCulture);

    // A checkpoint holds hundreds of names: enough of them to recognise the file.
    private static string Listed(Seq<string> names) =>
        names.IsEmpty ? "none" : string.Join(", ", names.Take(6)) + (names.Count > 6 ? $" and {names.Count - 6} more" : "");

    // Token search.

    public static Error TooFewPositions(int tokens, int positions) =>
        Error.New(240, $"The capture has {tokens} tokens, the model has learned only {positions} positions: is it a capture of this model?");

    public static Error VocabularyMismatch(int maps, int heads, int embedding, int d) =>
        Error.New(241, $"The layer has {heads} heads of width d={d}; {maps} maps and an embedding of width {embedding} were given: they must agree.");

    // The closed form for one head.

    public static Error CongruenceDegenerate(string why) =>
        Error.New(310, $"The closed form did not arrive: {why}. Use an iterative solver.");

    public static Error CongruenceInertia(int positive, int wanted) =>
        Error.New(311, $"The closed form did not arrive: the map has {positive} positive directions, W has {wanted}. Check W, the scale and the layer.");

    // Outputs, known columns and front ends.

    public static Error OutputDegenerate(string why) =>
        Error.New(340, $"The linear solution from maps and outputs did not arrive: {why}. Check the value weights, the layer and the observation.");
    // The closed form for several heads.

    public static Error SubspaceHidden(int tokens, int least) =>
        Error.New(320, $"The subspaces did not arrive: so many entries of the maps are stored as zero that all heads see only {tokens} tokens, "
            + $"and {least} are needed. Use an iterative solver.");

    public static Error SubspaceBlind(int d) =>
        Error.New(321, $"The subspaces did not arrive: the weights of these heads are of a rank below d={d}, so some directions of X are not seen at all.");

    public static Error SubspaceGap(double left, double next) =>
        Error.New(322, $"The subspaces did not arrive: one solution must stand out, but the best leaves {Number(left)} and the next {Number(next)}. "
            + "There are too few tokens, the maps are too coarse, or they are not of this layer.");

    public static Error SubspaceSingular() =>
        Error.New(323, "The subspaces did not arrive: the normal matrix is not definite, so the maps or the weights hold numbers beyond double precision.");

    public static Error SubspaceOpposite() =>
        Error.New(324, "The subspaces did not arrive: the maps go against what the weights make of any X. Check the weights, the scale and the layer.");

    public static Error FrontEndDegenerate(string why) =>
        Error.New(341, $"The closed form behind a front end did not arrive: {why}. Check the front end, the known columns and the layer.");

    public static Error ResidualDiverged() =>
        Error.New(342, "The residual stream could not be undone: the states overflow. Check the value weights, the output projection and the layer.");

    // Identifiability and the last stage.

    public static Error WrongStates(int rows, int columns, Dims dims) =>
        Error.New(251, $"States are {rows}x{columns}, the problem has {dims}: give X as d×n.");

    public static Error StatesNotFinite() => Error.New(330, "The answer holds NaN or infinity: the solver diverged.");

    // The forward pass of a whole model.

    public static Error NoForwardPass(string model, string why) =>
        Error.New(260, $"{model}: the model cannot be run forward, {why}; give the complete checkpoint, or do without.");

    public static Error NoSuchToken(int id, int position, int size) =>
        Error.New(261, $"Token {id} at position {position} is not in the vocabulary of {size}: is this the tokens' own model?");

    public static Error TooLong(int tokens, int positions) =>
        Error.New(262, $"A sequence of {tokens} tokens is longer than the {positions} positions of the model; give a shorter one.");

    public static Error NotCausal() =>
        Error.New(263, "Later tokens change earlier states in this model, so it has no prefix to extend; run whole sequences.");

    public static Error NoSuchLayer(int layer, int count) =>
        Error.New(264, $"There is no layer {layer}: the model has layers 0 to {count - 1}; choose one of those.");

    public static Error UnknownActivation(string path, string key, string name, Seq<string> known) =>
        Error.New(265, $"{path}: {key} {name} is not known, so the model cannot be run forward; known are {string.Join(", ", known)}.");

    public static Error LongerThanWindow(string path, int tokens, int layer, int window) =>
        Error.New(266, $"{path}: {tokens} tokens are more than the {window} that a query of layer {layer} sees; give a capture of at most {window} tokens.");

    // Captures as they are saved: batches, steps, heads, rows, padding, sums.

    public static Error NoSuchSequence(string path, string tensor, int sequence, long count) =>
        Error.New(280, $"{path}: sequence {sequence} was asked for but tensor {tensor} holds {(count == 1 ? "one" : $"{count}")}; they are counted from 0.");

    public static Error CapturedTwice(string path, string what, Seq<string> tensors) =>
        Error.New(281, $"{path}: {what} is there more than once ({Listed(tensors)}); keep one of them.");

    public static Error StepsDisagree(string path, string tensor, string rule) =>
        Error.New(282, $"{path}: tensor {tensor} {rule}; save the steps of one generation, in order and with its cache.");

    public static Error SomeRowsOnly(string path, string tensor, int rows, int columns) =>
        Error.New(283, $"{path}: tensor {tensor} holds {rows} of {columns} rows, which is read for attention only; save all rows, or the probabilities.");

    public static Error BadSide(string path, string tensor, string rule) =>
        Error.New(284, $"{path}: tensor {tensor} {rule}; correct it or leave it out.");

    public static Error HeadAverage(string path, string tensor, int heads) =>
        Error.New(285, $"{path}: tensor {tensor} is one map but the layer has {heads} heads; a mean over heads cannot be taken apart here: save every "
            + "head, or name the one it is of, as in attentions.0.head.3.");

    public static Error NoSuchHead(string path, string tensor, int head, int count) =>
        Error.New(286, $"{path}: tensor {tensor} is of head {head} but the layer has only heads 0 to {count - 1}; give the model that was captured.");

    public static Error NoBertViz(string path, string rule) =>
        Error.New(287, $"{path}: a web page, but {rule}; save it with head_view(…, html_action='return').data or the same of model_view.");

    public static Error BadKnown(string path, string what, string rule) =>
        Error.New(288, $"{path}: {what} {rule}; give positions [k] and states [k, d].");
}
