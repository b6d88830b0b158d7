using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline.Formats;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Formats;

/// <summary>Load ∘ save is the identity, for every format, type, shape and value.</summary>
[Properties(Arbitrary = [typeof(StoredTensor)], MaxTest = 200)]
public class RoundTripProperties
{
    [Property]
    public bool Safetensors_keeps_every_tensor(StoredTensor[] tensors) => Keeps("a.safetensors", tensors);

    [Property]
    public bool Npz_keeps_every_tensor(StoredTensor[] tensors) =>
        Keeps("a.npz", [.. tensors.Where(tensor => tensor.Type.Numpy.IsSome)]);

    [Property]
    public bool Deflated_npz_keeps_every_tensor(StoredTensor tensor)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.npz");
        return tensor.Type.Numpy.IsNone
            || Npz.Save(path, Seq1(tensor.Named("x")), System.IO.Compression.CompressionLevel.Optimal)
                .Bind(_ => TensorFile.Open(path)).Bind(file => file.Require("x")).Map(tensor.IsHeldBy).Value();
    }

    [Property]
    public bool Npy_keeps_the_tensor_in_either_axis_order(StoredTensor tensor, bool fortran)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("x.npy");
        return tensor.Type.Numpy.IsNone
            || Npy.Save(path, tensor.Named("x"), fortran).Bind(_ => TensorFile.Open(path)).Bind(file => file.Require("x")).Map(tensor.IsHeldBy).Value();
    }

    [Property]
    public bool Saving_twice_gives_the_same_bytes(StoredTensor tensor)
    {
        using var folder = new TemporaryFolder();
        return new[] { ".safetensors", ".npy", ".npz" }.All(extension =>
        {
            var (first, second) = (folder.File("1" + extension), folder.File("2" + extension));
            return TensorFile.Save(first, Seq1(tensor.Named("x"))).IsFail
                || (TensorFile.Save(second, Seq1(tensor.Named("x"))).IsSucc && File.ReadAllBytes(first).SequenceEqual(File.ReadAllBytes(second)));
        });
    }

    // Against the definition: no bfloat16 lies nearer, and of two equally near the even one is taken.
    [Property]
    public bool A_double_rounds_to_the_nearest_bfloat16(double value)
    {
        if (double.IsNaN(value) || Math.Abs(value) > 3e38) return true;
        var bits = BFloat16.ToBits(value);
        var error = Math.Abs(BFloat16.ToDouble(bits) - value);
        return new[] { (ushort)(bits - 1), (ushort)(bits + 1) }.Select(neighbour => Math.Abs(BFloat16.ToDouble(neighbour) - value))
            .All(other => !(other < error) && (other != error || bits % 2 == 0));
    }

    private static bool Keeps(string name, StoredTensor[] tensors)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(name);
        TensorFile.Save(path, toSeq(tensors.Select((tensor, i) => tensor.Named($"layer.{i}")).ToArray())).Value();
        var file = TensorFile.Open(path).Value();
        return file.Tensors.Count == tensors.Length
            && tensors.Select((tensor, i) => tensor.IsHeldBy(file.Require($"layer.{i}").Value())).All(same => same)
            && Directory.GetFiles(folder.Path).Length == 1;
    }
}
