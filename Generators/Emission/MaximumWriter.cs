using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>Writes the largest score of every column that its query sees, several maxima side by side, as each waits for the one before it.</summary>
internal sealed class MaximumWriter(PassScope scope)
{
    private const int AtOnce = 4;

    private readonly RowLoops _loops = new(scope);

    private CodeWriter Code => scope.Code;

    private Dialect Dialect => scope.Dialect;

    public void Write(Expr scores)
    {
        if (scope.IsAlone) WriteAlone(scores, scope.Columns.Single());
        else WriteBeside(scores);
    }

    // Columns are neighbours enough.
    private void WriteBeside(Expr scores)
    {
        scope.Each(c => Code.Line($"V top{c.Ending} = {Dialect.NegativeInfinity};"));
        _loops.Unmasked(() => scope.Each(c => Code.Line($"top{c.Ending} = {Dialect.Max($"top{c.Ending}", scope.Formula(c).Value(scores))};")));
    }

    private void WriteAlone(Expr scores, Column column)
    {
        var names = Enumerable.Range(0, AtOnce).Select(k => $"top{k}").ToList();
        foreach (var name in names) Code.Line($"V {name} = {Dialect.NegativeInfinity};");
        Code.Line($"nint m = 0, from = {Dialect.Place("i")};");
        var plain = Dialect.HasTails ? "plain" : "height";
        Code.Block($"for (; m + {AtOnce} <= {plain}; m += {AtOnce}, from += {AtOnce} * stride)", () =>
        {
            for (var k = 0; k < AtOnce; k++)
            {
                var row = k == 0 ? "from" : k == 1 ? "from + stride" : $"from + {k} * stride";
                Code.Line($"{names[k]} = {Dialect.Max(names[k], scope.Formula(column, row, k.ToString()).Value(scores))};");
            }
        });
        Code.Block($"for (; m < {plain}; m++, from += stride)", () => WriteOne(masked: false));
        if (Dialect.HasTails)
        {
            Code.Block("for (; m < height; m++, from += stride)", () =>
            {
                _loops.WriteMask("m");
                WriteOne(masked: true);
            });
        }

        Code.Line($"V top = {Dialect.Max(Dialect.Max("top0", "top1"), Dialect.Max("top2", "top3"))};");

        void WriteOne(bool masked) =>
            Code.Line($"top0 = {Dialect.Max("top0", _loops.Kept(scope.Formula(column, "from").Value(scores), Dialect.NegativeInfinity, masked))};");
    }
}
