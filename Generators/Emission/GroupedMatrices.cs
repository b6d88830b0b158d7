using System;
using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>The matrices of a method in the registers that hold them: interleaved, as rows one after another, and row by row repeated. Each form is written when it is first asked for.</summary>
internal sealed class GroupedMatrices(CodeWriter code, Grouping grouping)
{
    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _inRows = [];
    private readonly Dictionary<string, string?[]> _vectors = [];
    private readonly Dictionary<string, Func<int, string>> _deferred = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _rows = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _repeated = [];

    /// <summary>Whether a matrix is in registers, or in memory from where it may be read.</summary>
    public bool Holds(string name) => _vectors.ContainsKey(name) || _deferred.ContainsKey(name);

    /// <summary>Says that a matrix lies in memory under its name, whole rows one after another or interleaved.</summary>
    public void Lies(string name, bool interleaved)
    {
        if (!interleaved) _inRows.Add(name);
        Defer(name, v => interleaved ? Load(name, v) : grouping.Interleave(Load(name, v)));
    }

    /// <summary>Says that every row of a matrix lies in memory, repeated as <see cref="Repeated(string)"/> would.</summary>
    public void LiesRepeated(string name, string pointer) => _repeated[name] = [.. Enumerable.Range(0, grouping.Size).Select(row => Load(pointer, row))];

    /// <summary>Says what the vectors of a matrix are; each is written when it is first asked for.</summary>
    public void Defer(string name, Func<int, string> value) => _deferred[name] = value;

    /// <summary>Takes vectors that stand in locals already.</summary>
    public void Take(string name, IEnumerable<string> locals) => _vectors[name] = [.. locals];

    /// <summary>Writes the vectors of a matrix.</summary>
    public void Set(string name, IEnumerable<string> values) => Take(name, Locals(name, values));

    /// <summary>One interleaved vector of a matrix.</summary>
    public string Vector(string name, int vector) => Places(name)[vector] ??= Local($"{name}{vector}", _deferred[name](vector));

    /// <summary>The interleaved vectors of a matrix.</summary>
    public IReadOnlyList<string> Vectors(string name) => [.. Enumerable.Range(0, grouping.Vectors).Select(v => Vector(name, v))];

    /// <summary>Rows one after another.</summary>
    public IReadOnlyList<string> Rows(string name) => _rows.TryGetValue(name, out var rows)
        ? rows
        : _rows[name] = grouping.Rows == 1 ? Vectors(name) : Locals(name + "Rows", Vectors(name).Select(grouping.Separate));

    /// <summary>Every row, each entry as often as rows share a vector.</summary>
    public IReadOnlyList<string> Repeated(string name) => _repeated.TryGetValue(name, out var repeated)
        ? repeated
        : _repeated[name] = grouping.Rows == 1 ? Vectors(name) : Locals(name + "Row", Enumerable.Range(0, grouping.Size).Select(row => Repeated(name, row / grouping.Rows, row % grouping.Rows)));

    private string Repeated(string name, int vector, int row) => grouping.RepeatsFromRows && _inRows.Contains(name)
        ? grouping.RepeatFromRows(Load(name, vector), row)
        : grouping.Repeat(Vector(name, vector), row);

    /// <summary>Writes vectors to memory.</summary>
    public void Store(string pointer, IReadOnlyList<string> values)
    {
        for (var v = 0; v < values.Count; v++) Store(pointer, v, values[v]);
    }

    public void Store(string pointer, int vector, string value) => code.Line($"{Load(pointer, vector)} = {value};");

    private string Load(string pointer, int vector) => grouping.Dialect.Load(vector == 0 ? pointer : $"{pointer} + {vector * grouping.Dialect.Lanes}");

    private string?[] Places(string name) => _vectors.TryGetValue(name, out var places) ? places : _vectors[name] = new string?[grouping.Vectors];

    private string Local(string name, string value)
    {
        code.Line($"V {name} = {value};");
        return name;
    }

    private IReadOnlyList<string> Locals(string name, IEnumerable<string> values)
    {
        // A matrix that is added to gets new locals.
        var suffix = _names.Add(name) ? "" : "Sum";
        var all = values.Select((value, v) => (Local: $"{name}{suffix}{v}", Value: value)).ToList();
        code.Line($"V {string.Join(", ", all.Select(x => $"{x.Local} = {x.Value}"))};");
        return [.. all.Select(x => x.Local)];
    }
}
