using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>What those that write a pass share: where the text goes, which vectors of columns are being written, and what stands in locals by now.</summary>
internal sealed class PassScope(CodeWriter code, Dialect dialect, KernelProgram program, Pass pass)
{
    private readonly HashSet<Expr> _known = [];
    private readonly HashSet<string> _held = [];

    public CodeWriter Code => code;

    public Dialect Dialect => dialect;

    public KernelProgram Program => program;

    public Pass Pass => pass;

    /// <summary>Those that are being written side by side.</summary>
    public IReadOnlyList<Column> Columns { get; private set; } = Column.Alone;

    public bool IsAlone => Columns.Count == 1;

    /// <summary>A softmax that the next sweep has to divide by its sums, as it reads it anyway.</summary>
    public Softmax? Unscaled { get; set; }

    /// <summary>Begins anew, with nothing but what stands in the workspace.</summary>
    public void Begin(IReadOnlyList<Column> columns)
    {
        Columns = columns;
        _held.Clear();
        _known.Clear();
        _known.UnionWith(pass.Known);
    }

    public void Each(Action<Column> write)
    {
        foreach (var column in Columns) write(column);
    }

    public bool IsKnown(Expr e) => _known.Contains(e);

    public void Know(IEnumerable<Expr> made) => _known.UnionWith(made);

    /// <summary>Sees to it that a query scalar stands in a local of every column.</summary>
    public void Hold(string scalar, Func<Column, string> value)
    {
        if (_held.Add(scalar)) Each(column => code.Line($"V {scalar}_{column.Ending} = {value(column)};"));
    }

    /// <summary>A query scalar stands in a local by now, and in the workspace too where later passes read it.</summary>
    public void Keep(string scalar)
    {
        if (program.StoredScalars.Contains(scalar)) Each(column => code.Line($"{InWorkspace(scalar, column)} = {scalar}_{column.Ending};"));
        _held.Add(scalar);
    }

    public VectorFormula Formula(Column column, string at = "at", string suffix = "") =>
        new(code, dialect, program.Names, _known, column.Shifted(at), suffix, column.Ending);

    /// <summary>The entry of a matrix in the row at hand.</summary>
    public string Entry(string matrix, Column column) => dialect.Load($"{matrix} + {column.Shifted("at")}");

    /// <summary>A query scalar as later passes read it.</summary>
    public string InWorkspace(string scalar, Column column) => dialect.Load($"{scalar} + {column.Shifted(dialect.Place("i"))}");
}
