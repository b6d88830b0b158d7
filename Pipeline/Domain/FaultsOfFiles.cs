namespace Unmask.Pipeline;

// Files and the tensors inside them, whatever their format.
public static partial class Faults
{
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
}
