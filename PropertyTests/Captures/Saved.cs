using LanguageExt;
using Unmask.Pipeline;
using Unmask.Pipeline.Formats;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Captures;

/// <summary>Maps as tensors, the way each tool lays them out.</summary>
internal static class Saved
{
    public static NamedTensor Tensor(string name, long[] shape, IEnumerable<double> values, DType? type = null)
    {
        var all = values.ToArray();
        return new NamedTensor("", name, type ?? DType.F32, toSeq(shape), () => all);
    }

    /// <summary>[heads, m, n], with any number of axes of length 1 before.</summary>
    public static NamedTensor Maps(string name, Seq<Matrix> heads, int ones = 0) => Tensor(
        name, [.. Enumerable.Repeat(1L, ones), heads.Count, heads.Head.Rows, heads.Head.Columns], heads.SelectMany(map => map.Values.ToArray()));

    public static NamedTensor Map(string name, Matrix map) => NamedTensor.Of(name, DType.F32, map);

    /// <summary>Rows from one on, and as many columns as the last of them sees.</summary>
    public static Seq<Matrix> Rows(Seq<Matrix> heads, int first, int count) => heads.Map(map => Matrix.Create(count, first + count, (i, j) => map[first + i, j])).Strict();

    /// <summary>A prompt and then one row a step, as generate() gives them.</summary>
    public static Seq<NamedTensor> Steps(Seq<Matrix> heads, int prompt, Func<int, string> name) =>
        toSeq(Enumerable.Range(0, heads.Head.Rows - prompt + 1))
            .Map(step => Maps(name(step), step == 0 ? Rows(heads, 0, prompt) : Rows(heads, prompt + step - 1, 1), ones: 1)).Strict();

    public static Capture Load(Seq<NamedTensor> tensors, string file = "a.safetensors", Option<int> sequence = default) => Try(tensors, file, sequence).Value();

    public static Fin<Capture> Try(Seq<NamedTensor> tensors, string file = "a.safetensors", Option<int> sequence = default)
    {
        using var folder = new TemporaryFolder();
        TensorFile.Save(folder.File(file), tensors).Value();
        return Pipeline.Load.Capture(folder.File(file), sequence);
    }

    /// <summary>A page as BertViz writes it, numbers with so many decimals.</summary>
    public static string Page(Seq<Seq<Matrix>> layers, int decimals, string before = "{\"attention\": [{\"name\": null, \"attn\": ", string after = "}], \"default_filter\": \"0\"}")
    {
        var maps = layers.Map(heads => List(heads.Map(map => List(Enumerable.Range(0, map.Rows).Select(i =>
            List(map.Row(i).ToArray().Select(p => p.ToString($"0.{new string('0', decimals)}", System.Globalization.CultureInfo.InvariantCulture))))))));
        return $"\n        <script src=\"https://example.org/require.min.js\"></script>\n<div id='vis'></div>\n<script>requirejs(['d3'], function(d3) {{\n"
            + $"  const params = {before}{List(maps)}, \"left_text\": [\"<s>\", \"\\ud800{{\"], \"right_text\": [\"a\"]{after}; // the actual params.\n  const config = {{}};\n}});</script>";
    }

    public static Capture LoadPage(string page) => TryPage(page).Value();

    public static Fin<Capture> TryPage(string page)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("view.html"), page);
        return Pipeline.Load.Capture(folder.File("view.html"));
    }

    private static string List(IEnumerable<string> items) => $"[{string.Join(", ", items)}]";
}
