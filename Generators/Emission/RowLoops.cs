using System;

namespace Unmask.Generators.Emission;

/// <summary>Writes loops down the rows: those that every lane sees in full, then those where the mask decides lane by lane.</summary>
internal sealed class RowLoops(PassScope scope)
{
    private CodeWriter Code => scope.Code;

    private string Start => scope.Dialect.Place("i");

    /// <summary>Rows before plain are seen by every lane; from there to height the mask decides; below height nothing is seen.</summary>
    public void WriteBounds()
    {
        var dialect = scope.Dialect;
        if (!scope.IsAlone)
        {
            Code.Line("nint height = rows;");
        }
        else if (dialect.HasTails)
        {
            Code.Line($"nint height = causal ? nint.Min(rows, first + i + {dialect.Columns}) : rows;");
            if (!scope.Pass.FollowsDirection) Code.Line($"nint plain = i + {dialect.Columns} > columns ? 0 : causal ? nint.Min(rows, first + i + 1) : rows;");
            Code.Line($"V lanes = LessThan(V.Indices, Create(({dialect.Scalar})(columns - i)));");
        }
        else
        {
            Code.Line("nint height = causal ? nint.Min(rows, first + i + 1) : rows;");
        }
    }

    /// <summary>A body for every row, which is told whether the mask counts.</summary>
    public void Each(Action<bool> body)
    {
        if (!scope.Dialect.HasTails || !scope.IsAlone)
        {
            Plain("height", body);
        }
        else if (scope.Pass.FollowsDirection)
        {
            // Along a direction most columns are done side by side, and one sweep under the mask is all that the rest needs.
            Masked("0", Start, body);
        }
        else
        {
            Plain("plain", body);
            Masked("plain", $"{Start} + plain * stride", body);
        }
    }

    /// <summary>The same whatever the mask, for what leaves zeros zero.</summary>
    public void Unmasked(Action body) => Plain("height", _ => body());

    /// <summary>Rows that all lanes see two by two, as the sums of either have turns of their own; then the others.</summary>
    public void ByTwo(Action one, Action other, Action masked)
    {
        Code.Block($"for (nint j = 0, two = {Start}; j < plain; j += 2, two += 2 * stride)", () =>
        {
            Code.Block("", () =>
            {
                Code.Line("nint at = two;");
                one();
            });
            Code.Line("if (j + 1 == plain) break;");
            Code.Block("", () =>
            {
                Code.Line("nint at = two + stride;");
                other();
            });
        });
        Masked("plain", $"{Start} + plain * stride", _ => masked());
    }

    /// <summary>Lane l is column i + l: it is there, and it sees row j, if it is not before it.</summary>
    public void WriteMask(string row) => Code.Line($"V mask = causal ? Seen(lanes, {row} - first - i) : lanes;");

    /// <summary>A value, where it is there and seen.</summary>
    public string Kept(string value, string otherwise, bool masked) => masked ? scope.Dialect.Select("mask", value, otherwise) : value;

    private void Plain(string end, Action<bool> body) =>
        Code.Block($"for (nint j = 0, at = {Start}; j < {end}; j++, at += stride)", () => body(false));

    private void Masked(string first, string at, Action<bool> body) =>
        Code.Block($"for (nint j = {first}, at = {at}; j < height; j++, at += stride)", () =>
        {
            WriteMask("j");
            body(true);
        });
}
