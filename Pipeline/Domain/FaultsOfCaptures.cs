namespace Unmask.Pipeline;

// Captures and plain matrices: as they are saved, and against the layer.
public static partial class Faults
{
    public static Error NothingCaptured(string path, Seq<string> present) =>
        Error.New(230, $"{path}: no tensor is named attentions.N, scores.N, attention_outputs.N or residual_streams.N, or as Hugging Face or TransformerLens do "
            + $"(the file holds {Listed(present)}); rename them so.");

    public static Error LayerNotCaptured(string path, int layer, Seq<int> captured) =>
        Error.New(231, $"{path}: layer {layer} was not captured (layers {Listed(captured.Map(l => $"{l}"))} were); choose one of those.");

    public static Error LayerNotInModel(string path, int layer, string model, int count) =>
        Error.New(232, $"{path}: layer {layer} was captured but the model {model} has only layers 0 to {count - 1}; give the model that was captured.");

    public static Error TooManyAsked(string path, int tokens, int positions) =>
        Error.New(243, $"{path}: {tokens} tokens were asked about, but the model has only {positions} positions; ask about fewer.");

    public static Error NotObserved(string path, string tensor, Seq<string> present) =>
        Error.New(233, $"{path}: tensor {tensor} is missing (of this layer the file holds {Listed(present)}); observe what is there or capture it.");

    public static Error HeadCount(string path, string tensor, int found, int expected) =>
        Error.New(234, $"{path}: tensor {tensor} has {found} heads but the layer has {expected}; give the model that was captured, all heads of it, "
            + "or a tensor heads beside it that lists which ones they are.");

    public static Error TooManyTokens(string path, string tensor, int n, int positions) =>
        Error.New(235, $"{path}: tensor {tensor} has {n} tokens but the model has only {positions} positions; give the model that was captured.");

    public static Error NoValueWeights(string path, string tensor) =>
        Error.New(236, $"{path}: tensor {tensor} can only be explained with value weights and none are known; give them, or observe attention or scores.");

    public static Error NoStream(string path, string tensor, string why) =>
        Error.New(290, $"{path}: tensor {tensor} can only be explained with the norm and the output projection of the layer: {why.TrimEnd('.')}; "
            + "name them in unmask.json (norm, output, output_bias), or observe attention or scores.");

    public static Error StreamBehindNorm(string path, string tensor, string model) =>
        Error.New(291, $"{path}: tensor {tensor} is of the model {model}, whose norms stand after the sums, and a stream behind a norm is not read; "
            + "save the sum before it and describe the layer in unmask.json (output, norm none), or observe attention or scores.");

    public static Error BadEntry(string path, string tensor, string where, double value, string rule, int others) =>
        Error.New(237, $"{path}: tensor {tensor} is {Number(value)} at {where}{AndOthers(others)} but {rule}.");

    public static Error RowSum(string path, string tensor, string where, double sum, double tolerance, int others, string looks) =>
        Error.New(238, $"{path}: tensor {tensor} sums to {Number(sum)} over {where}{AndOthers(others)} but every row must sum to 1 within "
            + $"{Number(tolerance)}; {looks}.");

    public static Error BadWeights(string path, string rule) =>
        Error.New(239, $"{path}: these weights define no scores, {rule}; correct them and try again.");

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
        Error.New(285, $"{path}: tensor {tensor} is one map but the layer has {heads} heads; a mean over heads must be said to be one, by "
            + "--averaged or a name like attentions.0.mean; save every head where you can, or name the one it is of, as in attentions.0.head.3.");

    public static Error AverageElsewhere(string path, string tensor, string why) =>
        Error.New(289, $"{path}: tensor {tensor} is a mean over heads {why}; {Averages.Rule}: save every head.");

    public static Error NoSuchHead(string path, string tensor, int head, int count) =>
        Error.New(286, $"{path}: tensor {tensor} is of head {head} but the layer has only heads 0 to {count - 1}; give the model that was captured.");

    public static Error NoBertViz(string path, string rule) =>
        Error.New(287, $"{path}: a web page, but {rule}; save it with head_view(…, html_action='return').data or the same of model_view.");

    public static Error BadKnown(string path, string what, string rule) =>
        Error.New(288, $"{path}: {what} {rule}; give positions [k] and states [k, d].");
}
