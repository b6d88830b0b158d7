using System.Globalization;
using System.Text;
using Unmask.Pipeline;

namespace Unmask.PropertyTests.Cli;

/// <summary>The picture of README.md: a captured map on the left, the text that was read from it on the right.</summary>
internal static class Picture
{
    private const int Cell = 3;
    private const int LineLength = 38;
    private static readonly string[] Shades = ["#dbe7f3", "#a9c8e4", "#6ba3d0", "#2f77b4", "#0b4a8a"];

    public static string Of(Matrix map, string text)
    {
        var side = map.Rows * Cell;
        var svg = new StringBuilder();
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side + 420}\" height=\"{side + 56}\" font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"14\">");
        Line("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        Line("<text x=\"16\" y=\"26\" fill=\"#57606a\">captured: one head of layer 0</text>");
        Line($"<text x=\"{side + 56}\" y=\"26\" fill=\"#57606a\">recovered: the text</text>");
        Line($"<g transform=\"translate(16 40)\"><rect width=\"{side}\" height=\"{side}\" fill=\"#f6f8fa\"/>");
        for (var shade = 0; shade < Shades.Length; shade++) Line($"<path fill=\"{Shades[shade]}\" d=\"{Cells(map, shade)}\"/>");
        Line("</g>");
        foreach (var (line, k) in Wrapped(text).Select((line, k) => (line, k)))
            Line($"<text x=\"{side + 56}\" y=\"{72 + 24 * k}\" fill=\"#1f2328\">{System.Security.SecurityElement.Escape(line)}</text>");
        Line("</svg>");
        return svg.ToString();

        void Line(string line) => svg.Append(line).Append('\n');
    }

    // Each run of equal cells of a row is one rectangle.
    private static string Cells(Matrix map, int shade)
    {
        var path = new StringBuilder();
        for (var i = 0; i < map.Rows; i++)
            for (var j = 0; j <= i;)
            {
                var from = j;
                while (j <= i && Shade(map[i, j]) == shade) j++;
                if (j > from) path.Append(CultureInfo.InvariantCulture, $"M{from * Cell} {i * Cell}h{(j - from) * Cell}v{Cell}h{(from - j) * Cell}z");
                else j++;
            }

        return path.ToString();
    }

    // Square roots, so that faint attention shows.
    private static int Shade(double p) => (int)Math.Min(Shades.Length - 1, 8 * Math.Sqrt(p)) - (p < 0.005 ? 1 : 0);

    private static IEnumerable<string> Wrapped(string text)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length >= LineLength)
            {
                yield return line;
                line = "";
            }

            line += (line.Length == 0 ? "" : " ") + word;
        }

        yield return line;
    }
}
