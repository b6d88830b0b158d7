using System;
using System.Text;

namespace Unmask.Generators.Emission;

/// <summary>Lines of C# with indentation, a tab a level: two million characters are soon spent on blanks.</summary>
public sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public CodeWriter Line(string line = "")
    {
        if (line.Length > 0) _text.Append('\t', _depth).Append(line);
        _text.Append('\n');
        return this;
    }

    /// <summary>A line, if there is one, then a braced block.</summary>
    public CodeWriter Block(string head, Action body)
    {
        if (head.Length > 0) Line(head);
        Line("{");
        _depth++;
        body();
        _depth--;
        return Line("}");
    }

    public override string ToString() => _text.ToString();
}
