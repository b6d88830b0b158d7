using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Formats;

/// <summary>A damaged file is a failure that names it, or reads as something else; it is never an exception.</summary>
[Properties(Arbitrary = [typeof(StoredTensor)], MaxTest = 200)]
public class DamageProperties
{
    [Property]
    public bool A_file_cut_at_any_byte_is_bad_input(StoredTensor tensor, NonNegativeInt cut) => Formats(tensor).All(whole =>
    {
        var bytes = whole.Bytes[..(cut.Get % whole.Bytes.Length)];
        return Read(whole.Extension, bytes).Match(Succ: _ => false, Fail: Faults.IsBadInput);
    });

    [Property]
    public bool Flipped_bytes_never_throw(StoredTensor tensor, (NonNegativeInt At, byte Value)[] flips) => Formats(tensor).All(whole =>
    {
        var bytes = whole.Bytes.ToArray();
        foreach (var (at, value) in flips) bytes[at.Get % bytes.Length] ^= value;
        return Read(whole.Extension, bytes).Match(Succ: _ => true, Fail: Faults.IsBadInput);
    });

    [Property]
    public bool Inserted_bytes_never_throw(StoredTensor tensor, NonNegativeInt at, byte[] inserted) => Formats(tensor).All(whole =>
    {
        var place = at.Get % whole.Bytes.Length;
        return Read(whole.Extension, [.. whole.Bytes[..place], .. inserted, .. whole.Bytes[place..]]).Match(Succ: _ => true, Fail: Faults.IsBadInput);
    });

    [Property]
    public bool A_changed_number_in_an_npz_is_found_by_its_checksum(PositiveInt seed)
    {
        var bytes = Saved(".npz", Seq1(NamedTensor.Of("x", DType.F64, Matrix.Create(3, 3, (i, j) => i + j + seed.Get))));
        // 30 bytes of local header, the name and the padding of the array's header lie before the numbers.
        var at = System.Array.LastIndexOf(bytes, (byte)'\n', bytes.Length - 100) + 1 + seed.Get % 72;
        bytes[at] ^= 1;
        return Read(".npz", bytes).IsFail;
    }

    [Theory]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"y\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", 12, "overlaps")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}}", 16, "belong to no tensor")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}", 16, "tensor x is there twice")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "has 8 bytes where F32 [3] takes 12")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4, "truncated")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 9, "1 bytes follow the last tensor")]
    [InlineData("{\"x\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "type F4")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}", 8, "impossible shape")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[8,0]}}", 8, "x.shape")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "key x.data_offsets is missing")]
    [InlineData("{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "not valid JSON")]
    [InlineData("{\"x\":", 8, "not valid JSON")]
    public void A_broken_safetensors_header_says_what_is_wrong(string json, int dataBytes, string rule)
    {
        byte[] bytes = [.. BitConverter.GetBytes((long)json.Length), .. System.Text.Encoding.UTF8.GetBytes(json), .. new byte[dataBytes]];
        AssertNames(".safetensors", bytes, rule);
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "Python objects")]
    [InlineData("{'descr': '>f8', 'fortran_order': False, 'shape': (2,), }", "little endian")]
    [InlineData("{'descr': '<c16', 'fortran_order': False, 'shape': (2,), }", "type <c16")]
    [InlineData("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", "records")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", "truncated")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "8 bytes follow")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 99999999999), }", "impossible shape")]
    public void A_broken_npy_header_says_what_is_wrong(string dictionary, string rule)
    {
        byte[] bytes =
        [
            .. NpyHeader.Magic, 1, 0, .. BitConverter.GetBytes((ushort)dictionary.Length), .. System.Text.Encoding.ASCII.GetBytes(dictionary), .. new byte[16],
        ];
        AssertNames(".npy", bytes, rule);
    }

    [Theory]
    [InlineData(2, "{'shape': (1, 2L), 'fortran_order': False, 'descr': \"<f8\"}\n")]
    [InlineData(3, "{'descr': '<f8', 'fortran_order': True, 'shape': (1, 2)}")]
    public void Later_npy_versions_and_other_key_orders_are_read(byte version, string dictionary)
    {
        byte[] bytes =
        [
            .. NpyHeader.Magic, version, 0, .. BitConverter.GetBytes(dictionary.Length), .. System.Text.Encoding.ASCII.GetBytes(dictionary),
            .. BitConverter.GetBytes(1.5), .. BitConverter.GetBytes(-2.5),
        ];
        Assert.Equal([1.5, -2.5], Read(".npy", bytes).Value()[0]);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() => Assert.Contains("nowhere.npy", TensorFile.Open("nowhere.npy").Errors()[0].Message);

    private static void AssertNames(string extension, byte[] bytes, string rule)
    {
        var error = Assert.Single(Read(extension, bytes).Errors());
        Assert.Contains(rule, error.Message);
        Assert.Contains($"damaged{extension}", error.Message);
        Assert.True(Faults.IsBadInput(error));
    }

    // Everything a reader of the file would touch: all headers and all numbers.
    private static Fin<Seq<double[]>> Read(string extension, byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("damaged" + extension);
        File.WriteAllBytes(path, bytes);
        return TensorFile.Open(path).Bind(file => file.Tensors.Map(tensor => tensor.Numbers()).Sequence());
    }

    private static IEnumerable<(string Extension, byte[] Bytes)> Formats(StoredTensor tensor) =>
        new[] { ".safetensors", ".npy", ".npz" }
            .Where(extension => extension == ".safetensors" || tensor.Type.Numpy.IsSome)
            .Select(extension => (extension, Saved(extension, Seq1(tensor.Named("x")))));

    private static byte[] Saved(string extension, Seq<NamedTensor> tensors)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("whole" + extension);
        TensorFile.Save(path, tensors).Value();
        return File.ReadAllBytes(path);
    }
}
