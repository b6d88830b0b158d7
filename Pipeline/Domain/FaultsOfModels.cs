namespace Unmask.Pipeline;

// Checkpoints, and the forward pass of a whole model.
public static partial class Faults
{
    public static Error UnknownModelType(string path, string type, Seq<string> known) =>
        Error.New(220, $"{path}: model_type {type} is not supported; use one of {string.Join(", ", known)}, "
            + "describe it in an unmask.json (docs/models.md), or give plain matrices to invert.");

    public static Error UnsupportedSetting(string path, string key, string value, string only) =>
        Error.New(221, $"{path}: {key} is {value}, which changes the attention scores in a way not modelled here; only {only} is supported.");

    public static Error Indivisible(string path, string what, int whole, string by, int part) =>
        Error.New(222, $"{path}: {what} {whole} is not a multiple of {by} {part}; the config does not describe a model, fetch it again.");

    public static Error UnsupportedTokenizer(string path, string part, string type) =>
        Error.New(223, $"{path}: {part} of type {type} is not supported; remove tokenizer.json to work with token ids only.");

    public static Error NoForwardPass(string model, string why) =>
        Error.New(260, $"{model}: the model cannot be run forward, {why}; give the complete checkpoint, or do without.");

    public static Error NoSuchToken(int id, int position, int size) =>
        Error.New(261, $"Token {id} at position {position} is not in the vocabulary of {size}: is this the tokens' own model?");

    public static Error TooLong(int tokens, int positions) =>
        Error.New(262, $"A sequence of {tokens} tokens is longer than the {positions} positions of the model; give a shorter one.");

    public static Error NotCausal() =>
        Error.New(263, "Later tokens change earlier states in this model, so it has no prefix to extend; run whole sequences.");

    public static Error NoSuchLayer(string model, int layer, int count) =>
        Error.New(264, $"{model}: there is no layer {layer}, the model has layers 0 to {count - 1}; choose one of those.");

    public static Error UnknownActivation(string path, string key, string name, Seq<string> known) =>
        Error.New(265, $"{path}: {key} {name} is not known, so the model cannot be run forward; known are {string.Join(", ", known)}.");

    public static Error NoWords(string model) =>
        Error.New(267, $"{model}: the model has no vocabulary, so no token can be known; give the columns of X that are known.");

    public static Error NoSuchPlace(string problem, int position, int tokens) =>
        Error.New(268, $"{problem}: a token is said to be known at position {position}, but there are {tokens} tokens, counted from 0 and without padding.");

    public static Error NoSuchPiece(string model, string piece, bool spelt) =>
        Error.New(269, spelt
            ? $"{model}: no token of the vocabulary is written {piece}; give its id, or the piece exactly as tokenizer.json has it."
            : $"{model}: {piece} is no token id, and without a tokenizer.json no token has another name; give its id.");

    public static Error UnreadByTokens(string problem) =>
        Error.New(270, $"{problem}: a known token tells nothing of this layer, as the model cannot be run forward to it; give known columns of X.");

    public static Error LongerThanWindow(string path, int tokens, int layer, int window) =>
        Error.New(266, $"{path}: {tokens} tokens are more than the {window} that a query of layer {layer} sees; give a capture of at most {window} tokens.");
}
