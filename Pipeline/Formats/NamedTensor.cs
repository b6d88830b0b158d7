using System.Numerics.Tensors;

namespace Unmask.Pipeline.Formats;

/// <summary>
/// A tensor of a file: its name, type and shape are known, its numbers are read when asked for, each time anew.
/// Row-major (the last axis is contiguous), whatever order the file keeps.
/// </summary>
public sealed class NamedTensor
{
    private readonly Func<Fin<double[]>> _read;

    internal NamedTensor(string file, string name, DType type, Seq<long> shape, Func<Fin<double[]>> read) =>
        (File, Name, Type, Shape, _read) = (file, name, type, shape, read);

    /// <summary>The path of the file it lies in; empty for one made in memory.</summary>
    public string File { get; }

    public string Name { get; }

    public DType Type { get; }

    /// <summary>The length of every axis; no axis at all for a single number.</summary>
    public Seq<long> Shape { get; }

    /// <summary>A tensor to be written as <paramref name="type"/>; the numbers are copied.</summary>
    public static NamedTensor Of(string name, DType type, ReadOnlyTensorSpan<double> values)
    {
        var copy = new double[values.FlattenedLength];
        values.FlattenTo(copy);
        return new NamedTensor("", name, type, toSeq(values.Lengths.ToArray()).Map(length => (long)length).Strict(), () => copy);
    }

    /// <summary>A matrix to be written as <paramref name="type"/>, shape [rows, columns].</summary>
    public static NamedTensor Of(string name, DType type, Matrix values) =>
        new("", name, type, Seq<long>(values.Rows, values.Columns), () => values.Values.ToArray());

    /// <summary>All numbers in the shape of the file (a single number as one axis of length 1). Fails on a type that is not read here (215).</summary>
    public Fin<Tensor<double>> Read() =>
        Numbers().Map(values => Tensor.Create(values, Shape.IsEmpty ? [1] : Shape.Map(length => (nint)length).ToArray()));

    /// <summary>A rank-2 tensor [rows, columns] as a matrix; any other rank is a bad shape (216).</summary>
    public Fin<Matrix> Matrix() =>
        Shape.Count == 2 ? Numbers().Map(values => Pipeline.Matrix.Own((int)Shape[0], (int)Shape[1], values)) : BadShape("[rows, columns]");

    /// <summary>A rank-3 tensor [count, rows, columns] as that many matrices; any other rank is a bad shape (216).</summary>
    public Fin<Seq<Matrix>> Matrices() =>
        Shape.Count == 3
            ? Numbers().Map(values => Split((int)Shape[0], (int)Shape[1], (int)Shape[2], values))
            : BadShape("[heads, rows, columns]");

    /// <summary>A rank-1 tensor as a sequence; any other rank is a bad shape (216).</summary>
    public Fin<Seq<double>> Vector() => Shape.Count == 1 ? Numbers().Map(toSeq) : BadShape("[length]");

    public override string ToString() => $"{Name} {Type} {Formats.Shape.Text(Shape)}";

    internal Fin<double[]> Numbers() =>
        Type.IsReadable
            ? _read()
            : Faults.UnreadableType(File, Name, Type.Label, "save it as F64, F32, F16 or BF16");

    internal Error BadShape(string expected) => Faults.BadShape(File, Name, Formats.Shape.Text(Shape), expected);

    /// <summary>The same numbers under another shape of the same count.</summary>
    internal NamedTensor Reshape(Seq<long> shape) => new(File, Name, Type, shape, _read);

    /// <summary>One tensor for each index of the first axis, called name[k]. The numbers are read once, when the first of them is asked for.</summary>
    internal Seq<NamedTensor> Slices()
    {
        var all = new Lazy<Fin<double[]>>(Numbers);
        var (count, rest) = ((int)Shape[0], Shape.Tail);
        return toSeq(Enumerable.Range(0, count))
            .Map(k => new NamedTensor(File, $"{Name}[{k}]", Type, rest, () => all.Value.Map(values =>
                values.AsSpan(k * (values.Length / count), values.Length / count).ToArray())))
            .Strict();
    }

    private static Seq<Matrix> Split(int count, int rows, int columns, double[] values) =>
        toSeq(Enumerable.Range(0, count))
            .Map(k => Pipeline.Matrix.Of(rows, columns, values.AsSpan(k * rows * columns, rows * columns)))
            .Strict();
}
