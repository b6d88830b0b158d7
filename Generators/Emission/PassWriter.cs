using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>
/// Writes one pass: for each vector of columns its stages, each a sweep down the rows; stages that need nothing of one another share a sweep.
/// A query is a column, so maxima and sums over its keys never cross lanes. Entries that a mask hides contribute nothing and stay zero. With one
/// problem a lane a vector of columns is a single one, and four are worked on side by side, as each sum waits for itself.
/// </summary>
internal sealed class PassWriter(CodeWriter code, Dialect dialect, KernelProgram program, Pass pass)
{
    private const int MaximaAtOnce = 4;

    private static readonly string[] One = [""];
    private static readonly string[] Two = ["", "b"];
    private static readonly string[] Four = ["", "b", "c", "d"];

    // Vectors of columns that are worked on side by side: with one problem a lane as each sum waits for itself, and in products with directions, where
    // rows of several maps are far apart, as neighbours come from memory together. A bend is asked for once where products are by the hundred.
    private readonly string[] _beside = dialect.PerLane ? Four
        : !dialect.IsWide || !pass.FollowsDirection || pass.Name.Contains(nameof(Derivatives.Bend)) ? One
        : dialect.Bits == 512 ? Four : Two;

    // A multiply-add waits four cycles for the one before it, and a row takes about one: so many sums take turns where the pass is a good part of
    // the work, two of them with the first of every two rows and two with the second.
    private readonly string[] _turns = dialect.IsWide && !pass.FollowsDirection ? Four : One;

    private readonly HashSet<Expr> _known = [];
    private readonly HashSet<string> _held = [];
    private Softmax? _unscaled;

    // Those that are written side by side, by what their locals' names end in, and which of them is being written.
    private string[] _columns = One;
    private string _column = "";

    private string Number => dialect.Scalar;

    public void Write()
    {
        WriteNarrower();
        var totals = pass.Stages.OfType<TotalStage>().Select((t, i) => (t.Factor, Name: $"total{i}")).ToList();
        var most = _beside.Length > 1 ? _beside : _turns;
        foreach (var (_, name) in totals) Begin(name, most);
        code.Line("nint i = 0;");
        if (_beside.Length > 1)
        {
            var step = _beside.Length * dialect.Columns;
            code.Block($"for (; !causal && i + {step} <= columns; i += {step})", () => WriteColumns(_beside));
        }

        code.Block($"for (; i < columns; i += {dialect.Columns})", () => WriteColumns(One));
        foreach (var (factor, name) in totals)
        {
            var value = factor == 1 ? Together(name, most) : $"{dialect.Create(Literal(factor))} * ({Together(name, most)})";
            code.Line(dialect.PerLane ? $"{dialect.Load("total")} += {value};" : $"*total += {(dialect.IsScalar ? value : $"Sum({value})")};");
        }
    }

    private void WriteColumns(string[] columns)
    {
        _columns = columns;
        _held.Clear();
        _known.Clear();
        _known.UnionWith(pass.Known);
        WriteBounds();
        foreach (var stored in PassesEmitter.Parameters(program, pass).Where(program.StoredScalars.Contains).Where(ReadsStored)) Hold(stored, () => dialect.Load($"{stored} + {Shifted(At("i"))}"));
        foreach (var group in Groups()) WriteGroup(group);
    }

    private void WriteNarrower()
    {
        if (dialect.Narrower is not { } narrower) return;
        code.Block($"if (stride < {dialect.Lanes})", () =>
        {
            code.Line($"default(Passes{narrower.Name}).{pass.Name}({string.Join(", ", PassesEmitter.Arguments(program, pass))});");
            code.Line("return;");
        });
    }

    // Rows before plain are seen by every lane; from there to height the mask decides lane by lane; below height nothing is seen.
    private void WriteBounds()
    {
        if (_columns.Length > 1)
        {
            code.Line("nint height = rows;");
        }
        else if (dialect.HasTails)
        {
            code.Line($"nint height = causal ? nint.Min(rows, first + i + {dialect.Columns}) : rows;");
            if (!pass.FollowsDirection) code.Line($"nint plain = i + {dialect.Columns} > columns ? 0 : causal ? nint.Min(rows, first + i + 1) : rows;");
            code.Line($"V lanes = LessThan(V.Indices, Create(({Number})(columns - i)));");
        }
        else
        {
            code.Line("nint height = causal ? nint.Min(rows, first + i + 1) : rows;");
        }
    }

    private bool ReadsStored(string scalar) => !pass.Stages.OfType<SumStage>().Any(s => s.Scalar == scalar) && !pass.Stages.OfType<SoftmaxStage>().Any(s => s.LogSumExp == scalar);

    // Greedy: a stage joins the sweep before it unless it reads a sum that this sweep is still computing.
    private IEnumerable<List<Stage>> Groups()
    {
        var known = new HashSet<Expr>(pass.Known);
        var group = new List<Stage>();
        foreach (var stage in pass.Stages)
        {
            var reads = Columnwise.Leaves(stage.Formula, new HashSet<Expr>(known.Concat(group.SelectMany(s => s.Made)))).ToList();
            var blocked = stage is SoftmaxStage || group.Any(g => g is SoftmaxStage || (g is SumStage && g.Made.Any(reads.Contains)));
            if (blocked && group.Count > 0)
            {
                yield return group;
                known.UnionWith(group.SelectMany(s => s.Made));
                group = [];
            }

            group.Add(stage);
        }

        if (group.Count > 0) yield return group;
    }

    private void WriteGroup(List<Stage> group)
    {
        code.Line();
        if (group[0] is SoftmaxStage soft) WriteSoftmax(soft, isLast: ReferenceEquals(pass.Stages[pass.Stages.Count - 1], soft));
        else WriteSweep(group);
        foreach (var sum in group.OfType<SumStage>())
        {
            if (program.StoredScalars.Contains(sum.Scalar)) Each(() => code.Line($"{dialect.Load($"{sum.Scalar} + {Shifted(At("i"))}")} = {sum.Scalar}_{_column};"));
            _held.Add(sum.Scalar);
        }

        _known.UnionWith(group.SelectMany(s => s.Made));
    }

    private void Hold(string scalar, Func<string> value)
    {
        if (_held.Add(scalar)) Each(() => code.Line($"V {scalar}_{_column} = {value()};"));
    }

    private void WriteSweep(List<Stage> group)
    {
        foreach (var sum in group.OfType<SumStage>()) Each(() => Begin($"{sum.Scalar}_{_column}", _turns));
        foreach (var centred in group.SelectMany(s => Walk.ToRoot(s.Formula)).OfType<Centred>().Where(c => !_known.Contains(c)).Distinct())
        {
            var scalar = program.Names[Columnwise.MeanOf(centred)];
            if (_held.Add(scalar + "Mean")) Each(() => code.Line($"V {scalar}Mean_{_column} = {scalar}_{_column} / {Count()};"));
        }

        if (_turns.Length > 1 && group.Any(s => s is SumStage or TotalStage)) SweepByTwo(group);
        else Sweep(masked => Each(() => Body(group, masked)));
        if (_turns.Length > 1)
            foreach (var sum in group.OfType<SumStage>()) code.Line($"{sum.Scalar}_ = {Together($"{sum.Scalar}_", _turns)};");
        _unscaled = null;
    }

    private string Count() => dialect.HasTails && _columns.Length == 1
        ? $"(causal ? Min(V.Indices + Create(({Number})(first + i + 1)), Create(({Number})rows)) : Create(({Number})rows))"
        : dialect.Create($"({Number})height");

    private void Body(List<Stage> group, bool masked, params string[] turns)
    {
        var formula = Fresh();
        if (_unscaled is { } p)
        {
            var name = Stored.Name(program.Names[p], true);
            code.Line($"V {name}At{_column} = {dialect.Load($"{name} + {Shifted("at")}")} * over_{_column};");
            code.Line($"{dialect.Load($"{name} + {Shifted("at")}")} = {name}At{_column};");
            formula.Take(p, $"{name}At{_column}");
        }

        foreach (var stage in group)
        {
            switch (stage)
            {
                case MapStage map:
                    var mapped = formula.Value(map.Formula);
                    code.Line($"{dialect.Load($"{map.Target} + {Shifted("at")}")} = {Kept(mapped, dialect.Zero, masked)};");
                    break;
                case SumStage sum:
                    Accumulate(formula, $"{sum.Scalar}_{_column}", sum.Formula, masked, turns);
                    break;
                case TotalStage total:
                    Accumulate(formula, $"total{pass.Stages.OfType<TotalStage>().ToList().IndexOf(total)}{_column}", total.Formula, masked, turns);
                    break;
            }
        }
    }

    // The sums that are named take turns; where none are, one takes all.
    private void Accumulate(VectorFormula formula, string accumulator, Expr e, bool masked, string[] turns)
    {
        if (masked)
        {
            code.Line($"{accumulator} += {Kept(formula.Value(e), dialect.Zero, masked)};");
            return;
        }

        var sum = accumulator + turns.FirstOrDefault();
        var next = e is Hadamard h ? dialect.MultiplyAdd(formula.Value(h.A), formula.Value(h.B), sum) : $"{sum} + {formula.Value(e)}";
        code.Line(turns.Length < 2 ? $"{sum} = {next};" : $"({sum}, {accumulator}{turns[1]}) = ({accumulator}{turns[1]}, {next});");
    }

    private void Begin(string accumulator, IEnumerable<string> endings) =>
        code.Line($"V {string.Join(", ", endings.Select(ending => $"{accumulator}{ending} = {dialect.Zero}"))};");

    private static string Together(string accumulator, IEnumerable<string> endings) => string.Join(" + ", endings.Select(ending => accumulator + ending));

    // derivation.md (2): subtract the largest visible score, exponentiate, divide by the sum. The division waits for the next sweep.
    private void WriteSoftmax(SoftmaxStage soft, bool isLast)
    {
        var p = soft.Target;
        WriteMaximum(soft);
        Each(() => code.Line($"V sum{_column} = {dialect.Zero};"));
        Sweep(masked => Each(() =>
        {
            code.Line($"V e{_column} = {Kept(dialect.Exp($"{Fresh().Value(soft.Formula)} - top{_column}"), dialect.Zero, masked)};");
            code.Line($"sum{_column} += e{_column};");
            code.Line($"{dialect.Load($"{p} + {Shifted("at")}")} = e{_column};");
        }));
        // The largest score gives one, so only a column of padding has less: its zeros stay zeros.
        Each(() => code.Line($"V over_{_column} = {dialect.One} / {dialect.Max($"sum{_column}", dialect.One)};"));
        if (program.StoredScalars.Contains(soft.LogSumExp) || Reads(soft.LogSumExp))
        {
            Hold(soft.LogSumExp, () => $"top{_column} + {dialect.Log($"sum{_column}")}");
            if (program.StoredScalars.Contains(soft.LogSumExp)) Each(() => code.Line($"{dialect.Load($"{soft.LogSumExp} + {Shifted(At("i"))}")} = {soft.LogSumExp}_{_column};"));
        }

        if (isLast) Sweep(_ => Each(() => code.Line($"{dialect.Load($"{p} + {Shifted("at")}")} *= over_{_column};")), split: false);
        else _unscaled = (Softmax)soft.Made.First();
    }

    // Several maxima side by side, as each waits for the one before it.
    private void WriteMaximum(SoftmaxStage soft)
    {
        if (_columns.Length > 1)
        {
            Each(() => code.Line($"V top{_column} = {dialect.NegativeInfinity};"));
            Sweep(_ => Each(() => code.Line($"top{_column} = {dialect.Max($"top{_column}", Fresh().Value(soft.Formula))};")));
            return;
        }

        var names = Enumerable.Range(0, MaximaAtOnce).Select(k => $"top{k}").ToList();
        foreach (var name in names) code.Line($"V {name} = {dialect.NegativeInfinity};");
        code.Line($"nint m = 0, from = {At("i")};");
        var plain = dialect.HasTails ? "plain" : "height";
        code.Block($"for (; m + {MaximaAtOnce} <= {plain}; m += {MaximaAtOnce}, from += {MaximaAtOnce} * stride)", () =>
        {
            for (var k = 0; k < MaximaAtOnce; k++)
            {
                var row = k == 0 ? "from" : k == 1 ? "from + stride" : $"from + {k} * stride";
                code.Line($"{names[k]} = {dialect.Max(names[k], Fresh(row, k.ToString()).Value(soft.Formula))};");
            }
        });
        code.Block($"for (; m < {plain}; m++, from += stride)", () => code.Line($"top0 = {dialect.Max("top0", Fresh("from").Value(soft.Formula))};"));
        if (dialect.HasTails)
        {
            code.Block("for (; m < height; m++, from += stride)", () =>
            {
                WriteMask("m");
                code.Line($"top0 = {dialect.Max("top0", Kept(Fresh("from").Value(soft.Formula), dialect.NegativeInfinity, masked: true))};");
            });
        }

        code.Line($"V top = {dialect.Max(dialect.Max("top0", "top1"), dialect.Max("top2", "top3"))};");
    }

    private bool Reads(string scalar) => pass.Stages.Any(s => Columnwise.Leaves(s.Formula, [.. pass.Known, .. pass.Stages.SelectMany(t => t.Made)])
        .Any(l => program.Names.TryGetValue(l, out var name) && name == scalar));

    private VectorFormula Fresh(string at = "at", string suffix = "") => new(code, dialect, program.Names, _known, Shifted(at), suffix, _column);

    private void Each(Action write)
    {
        foreach (var column in _columns)
        {
            _column = column;
            write();
        }

        _column = "";
    }

    // From a place in the first column to the same in the one that is being written.
    private string Shifted(string at) => Array.IndexOf(Four, _column) is > 0 and var columns ? $"{at} + {columns * dialect.Columns * dialect.Pitch}" : at;

    private void Sweep(Action<bool> body, bool split = true)
    {
        if (!dialect.HasTails || !split || _columns.Length > 1)
        {
            code.Block($"for (nint j = 0, at = {At("i")}; j < height; j++, at += stride)", () => body(false));
            return;
        }

        // Along a direction most columns are done side by side, and one sweep under the mask is all that the rest needs.
        if (pass.FollowsDirection)
        {
            code.Block($"for (nint j = 0, at = {At("i")}; j < height; j++, at += stride)", () =>
            {
                WriteMask("j");
                body(true);
            });
            return;
        }

        code.Block($"for (nint j = 0, at = {At("i")}; j < plain; j++, at += stride)", () => body(false));
        SweepMasked(body);
    }

    private void SweepMasked(Action<bool> body) =>
        code.Block($"for (nint j = plain, at = {At("i")} + plain * stride; j < height; j++, at += stride)", () =>
        {
            WriteMask("j");
            body(true);
        });

    private void SweepByTwo(List<Stage> group)
    {
        code.Block($"for (nint j = 0, two = {At("i")}; j < plain; j += 2, two += 2 * stride)", () =>
        {
            code.Block("", () =>
            {
                code.Line("nint at = two;");
                Body(group, masked: false, _turns[0], _turns[2]);
            });
            code.Line("if (j + 1 == plain) break;");
            code.Block("", () =>
            {
                code.Line("nint at = two + stride;");
                Body(group, masked: false, _turns[1], _turns[3]);
            });
        });
        SweepMasked(masked => Body(group, masked));
    }

    // Lane l is column i + l: it is there, and it sees row j, if it is not before it.
    private void WriteMask(string row) => code.Line($"V mask = causal ? Seen(lanes, {row} - first - i) : lanes;");

    private string Kept(string value, string otherwise, bool masked) => masked ? dialect.Select("mask", value, otherwise) : value;

    private string At(string column) => dialect.Pitch == 1 ? column : $"{column} * {dialect.Pitch}";

    private string Literal(double value) => $"({Number})" + value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
