namespace Unmask.Pipeline.Formats;

/// <summary>Tokens that only fill a sequence up: told by the attention mask, or by what nobody looks at.</summary>
internal static class Padding
{
    // A column of zeros is a masked one only where a softmax could not have been rounded to them. Half precision and decimals could.
    private const double Vanishing = 1e-30;

    /// <summary>The tokens to keep; none where all are.</summary>
    public static Fin<Option<Kept>> Find(string path, Seq<LayerCapture> layers, Option<Seq<bool>> mask, Precision precision)
    {
        var tokens = layers.Map(Tokens).Max();
        return mask.Match(
            Some: visible => Masked(path, visible, tokens),
            None: () => precision.ZeroCeiling < Vanishing ? Unseen(layers, tokens) : Option<Kept>.None);
    }

    public static LayerCapture Cut(LayerCapture layer, Kept kept) => layer with
    {
        Scores = layer.Scores.Map(map => Square(map, kept)).Strict(),
        Attention = layer.Attention.Map(map => Square(map, kept)).Strict(),
        Output = layer.Output.Map(output => Rows(output, kept)),
        Residual = layer.Residual.Map(stream => Rows(stream, kept)),
        Absent = layer.Absent.Map(row => row - kept.First).Filter(row => row >= 0 && row < kept.Count).Strict(),
    };

    /// <summary>The number of tokens of a layer.</summary>
    public static int Tokens(LayerCapture layer) => layer.All.Head.Rows;

    private static Matrix Rows(Matrix all, Kept kept) => Matrix.Create(kept.Count, all.Columns, (i, c) => all[kept.First + i, c]);

    private static Matrix Square(Matrix map, Kept kept) => Matrix.Create(kept.Count, kept.Count, (i, j) => map[kept.First + i, kept.First + j]);

    // The mask of a prompt is shorter than what was generated after it, all of which is seen.
    private static Fin<Option<Kept>> Masked(string path, Seq<bool> visible, int tokens)
    {
        var first = visible.TakeWhile(seen => !seen).Count();
        var last = visible.Count < tokens ? tokens : visible.Count - visible.Rev().TakeWhile(seen => !seen).Count();
        return visible.Count > tokens ? Faults.BadSide(path, "attention_mask", $"has {visible.Count} entries for {tokens} tokens")
            : first >= last ? Faults.BadSide(path, "attention_mask", "hides every token")
            : visible.Skip(first).Take(last - first).Exists(seen => !seen)
                ? Faults.BadSide(path, "attention_mask", "hides tokens between others, and only padding before or after all can be cut off")
            : Of(first, last, tokens);
    }

    // In no head of any layer does a token look there, itself included: no softmax of finite scores does that.
    private static Option<Kept> Unseen(Seq<LayerCapture> layers, int tokens)
    {
        var maps = layers.Bind(layer => layer.Attention).Strict();
        if (maps.IsEmpty || layers.Exists(layer => Tokens(layer) != tokens || layer.Attention.IsEmpty)) return None;
        var seen = Seen(maps, layers.Bind(layer => layer.Absent), tokens);
        var first = seen.TakeWhile(one => !one).Count();
        return first == tokens ? None : Of(first, tokens - seen.Reverse().TakeWhile(one => !one).Count(), tokens);
    }

    private static bool[] Seen(Seq<Matrix> maps, Seq<int> absent, int tokens)
    {
        var seen = new bool[tokens];
        // A row that was not saved could have looked at itself.
        foreach (var row in absent) seen[row] = true;
        for (var i = 0; i < tokens; i++)
        {
            if (maps.ForAll(map => Blind(map.Row(i)))) continue;
            foreach (var map in maps)
                for (var j = 0; j < tokens; j++)
                    seen[j] |= map[i, j] != 0;
        }

        return seen;
    }

    // A padding token before the text may look nowhere: frameworks then write NaN, zeros, or the same number everywhere.
    private static bool Blind(ReadOnlySpan<double> row) => row.Length > 1 && (double.IsNaN(row[0]) ? !row.ContainsAnyExcept(double.NaN) : !row.ContainsAnyExcept(row[0]));

    private static Option<Kept> Of(int first, int last, int tokens) =>
        (first, last) == (0, tokens) ? None : Some(new Kept(first, last - first, tokens));
}
