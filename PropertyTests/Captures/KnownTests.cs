using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using Xunit;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Captures;

/// <summary>Columns of X that are known before anything is solved: from the model, and from the user.</summary>
public sealed class KnownTests : IDisposable
{
    private static readonly Checkpoint Stories = Pipeline.Load.Checkpoint(SamplePaths.Model("stories260k")).Value();

    private static readonly string Captured = SamplePaths.Capture("stories260k-n24.safetensors");

    private static readonly Seq<double> First = toSeq(Enumerable.Range(0, 64)).Map(i => i / 3.0).Strict();

    private static readonly Seq<double> Second = First.Map(x => -x).Strict();

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("known.npz", false)]
    [InlineData("known.safetensors", false)]
    [InlineData("known.npz", true)]
    [InlineData("known.json", false)]
    public void Columns_are_read_as_rows_or_columns(string file, bool columns)
    {
        var states = Matrix.Of(2, 64, [.. First, .. Second]);
        if (file.EndsWith("json")) File.WriteAllText(_folder.File(file), $$"""{"positions": [5, 0], "states": [[{{Listed(First)}}], [{{Listed(Second)}}]]}""");
        else TensorFile.Save(_folder.File(file), Seq(Saved.Tensor("positions", [2], [5, 0], DType.I64), NamedTensor.Of("states", DType.F64, columns ? states.Transpose() : states))).Value();
        var problem = (from known in Pipeline.Load.Known(_folder.File(file))
                       from plain in Normalise.Problem(Stories, Pipeline.Load.Capture(Captured).Value())
                       from knowing in Normalise.Knowing(known)(plain)
                       select knowing).Value();
        Assert.Equal(Map((0, Second), (5, First)), problem.Known);
    }

    [Fact]
    public void What_a_model_knows_of_layer_0_is_handed_on_there_alone()
    {
        var checkpoint = Stories with
        {
            Known = Map((0, First), (99, Second)),
            FrontEnd = Some<Func<int, FrontEnd>>(n => new FrontEnd(Matrix.Identity(64), Matrix.Create(64, n, (_, _) => 1))),
        };
        var capture = Pipeline.Load.Capture(Captured).Value();
        var (first, later) = (Normalise.Problem(checkpoint, capture).Value(), Normalise.Problem(checkpoint, capture, 1).Value());
        Assert.Equal((Map((0, First)), 24), (first.Known, first.FrontEnd.Map(made => made.Offset.Columns)));
        Assert.Equal((0, true), (later.Known.Count, later.FrontEnd.IsNone));
        // A user knows better.
        var told = Normalise.Knowing(new KnownColumns("k", Seq1(0), Matrix.Of(1, 64, [.. Second])))(first).Value();
        Assert.Equal(Map((0, Second)), told.Known);
    }

    [Theory]
    [InlineData("""{"positions": [0]}""", "key states is missing")]
    [InlineData("""{"positions": [0.5], "states": [[1, 2]]}""", "positions must hold whole numbers")]
    [InlineData("""{"positions": [1, 1], "states": [[1], [2]]}""", "positions must hold different positions")]
    [InlineData("""{"positions": [], "states": [[1], [2]]}""", "one at least")]
    [InlineData("""{"positions": [1, 2, 3], "states": [[1, 2], [2, 3]]}""", "states are [2, 2] for 3 positions")]
    [InlineData("""{"positions": [1, 2], "states": [[1, 2], [2]]}""", "must hold lists of one length")]
    [InlineData("""{"positions": [1], "states": [["x"]]}""", "must hold numbers only")]
    [InlineData("""{"positions": [1], "states": [7]}""", "must hold one list of numbers for each position")]
    [InlineData("[]", "an object is expected")]
    public void What_makes_no_sense_is_named(string json, string rule)
    {
        File.WriteAllText(_folder.File("known.json"), json);
        var error = Assert.Single(Pipeline.Load.Known(_folder.File("known.json")).Errors());
        Assert.Contains(rule, error.Message);
        Assert.StartsWith(_folder.File("known.json"), error.Message);
        Assert.True(Faults.IsBadInput(error));
    }

    private static string Listed(Seq<double> numbers) => string.Join(", ", numbers.Map(x => x.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
}
