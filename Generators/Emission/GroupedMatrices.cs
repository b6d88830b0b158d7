using System;
using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>The matrices of a method in the registers that hold them: interleaved, as rows one after another, and row by row repeated. Each form is written when it is first asked for.</summary>
internal sealed class GroupedMatrices(CodeWriter code, Grouping grouping)
{
    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _inMemory = [];
    private readonly HashSet<string> _inRows = [];
    private readonly Dictionary<string, string?[]> _vectors = [];
    private readonly Dictionary<string, Func<int, string>> _deferred = [];
    private readonly Dictionary<string, Func<int, string?, string>> _differences = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _rows = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _repeated = [];
    private readonly Dictionary<string, string> _repeatedAt = [];
    private readonly Dictionary<(string, int), IReadOnlyList<string>> _left = [];
    private Undivided? _undivided;

    /// <summary>A softmax before it is divided, and what is made of it.</summary>
    public Undivided Undivided => _undivided ??= new(this);

    /// <summary>The locals that hold, in every lane, a number of its column.</summary>
    public Dictionary<Expr, string> OfColumns { get; } = [];

    /// <summary>Whether a matrix is in registers, or in memory from where it may be read.</summary>
    public bool Holds(string name) => _vectors.ContainsKey(name) || _deferred.ContainsKey(name);

    /// <summary>Says that a matrix lies in memory under its name, whole rows one after another or interleaved.</summary>
    public void Lies(string name, bool interleaved)
    {
        _inMemory.Add(name);
        if (!interleaved) _inRows.Add(name);
        Defer(name, v => interleaved ? grouping.Load(name, v) : grouping.Interleave(grouping.Load(name, v)));
    }

    /// <summary>Writes a matrix to memory under its name, from where its rows may then be repeated.</summary>
    public void Lay(string name)
    {
        Store(name, Vectors(name));
        _inMemory.Add(name);
    }

    /// <summary>
    /// Says that every row of a matrix lies in memory, repeated as <see cref="Repeated(string)"/> would, once for every vector that is made with it: so none
    /// is held for the next (1 % of an attention gradient).
    /// </summary>
    public void LiesRepeated(string name, string pointer) => _repeatedAt[name] = pointer;

    /// <summary>Every row for one vector of a product, each entry as often as rows share a vector.</summary>
    public IReadOnlyList<string> RepeatedFor(string name, int vector) => _repeatedAt.TryGetValue(name, out var pointer)
        ? [.. Enumerable.Range(0, grouping.Size).Select(row => grouping.Load(pointer, vector * grouping.Size + row))]
        : Repeated(name);

    /// <summary>The left factors of one vector of a product with the transpose of a matrix in memory, in locals: what is multiplied from the left by the same takes the same.</summary>
    public IReadOnlyList<string> TransposedLeft(string name, int vector) => _left.TryGetValue((name, vector), out var left)
        ? left
        : _left[(name, vector)] = Locals($"{name}Left{vector}_", grouping.TransposedLeftAt(name, vector));

    /// <summary>Lets go of left factors, which would keep their registers over what comes between.</summary>
    public void LetGo() => _left.Clear();

    /// <summary>Says what the vectors of a matrix are; each is written when it is first asked for.</summary>
    public void Defer(string name, Func<int, string> value) => _deferred[name] = value;

    /// <summary>The same of a matrix from which something may be taken off as it is made.</summary>
    public void DeferDifference(string name, Func<int, string?, string> valueLess)
    {
        _differences[name] = valueLess;
        Defer(name, v => valueLess(v, null));
    }

    /// <summary>One vector of a matrix less another one, made so; null where it cannot be, or is there already. Then the matrix itself must not be asked for.</summary>
    public string? Less(string name, int vector, string other) => _differences.TryGetValue(name, out var value) && Places(name)[vector] is null ? value(vector, other) : null;

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
        : _rows[name] = !grouping.Interleaves ? Vectors(name) : Locals(name + "Rows", Vectors(name).Select(grouping.Separate));

    /// <summary>Every row, each entry as often as rows share a vector.</summary>
    public IReadOnlyList<string> Repeated(string name) => _repeated.TryGetValue(name, out var repeated)
        ? repeated
        : _repeated[name] = grouping.Rows == 1 ? Vectors(name) : Locals(name + "Row", Enumerable.Range(0, grouping.Size).Select(row => Repeated(name, row / grouping.Rows, row % grouping.Rows)));

    private string Repeated(string name, int vector, int row) => (grouping.AreHalves && _inMemory.Contains(name), grouping.RepeatsFromRows && _inRows.Contains(name)) switch
    {
        (true, _) => grouping.RepeatAt(name, vector * grouping.Rows + row),
        (_, true) => grouping.RepeatFromRows(grouping.Load(name, vector), row),
        _ => grouping.Repeat(Vector(name, vector), row),
    };

    /// <summary>Writes vectors to memory.</summary>
    public void Store(string pointer, IReadOnlyList<string> values)
    {
        for (var v = 0; v < values.Count; v++) Store(pointer, v, values[v]);
    }

    public void Store(string pointer, int vector, string value) => code.Line($"{grouping.Load(pointer, vector)} = {value};");

    private string?[] Places(string name) => _vectors.TryGetValue(name, out var places) ? places : _vectors[name] = new string?[grouping.Vectors];

    /// <summary>Writes a local.</summary>
    public string Local(string name, string value)
    {
        code.Line($"V {name} = {value};");
        return name;
    }

    /// <summary>Writes numbered locals. What is written again, as it is added to or was let go, gets new ones.</summary>
    public IReadOnlyList<string> Locals(string name, IEnumerable<string> values)
    {
        var suffix = _names.Add(name) ? "" : "Next";
        var all = values.Select((value, v) => (Local: $"{name}{suffix}{v}", Value: value)).ToList();
        code.Line($"V {string.Join(", ", all.Select(x => $"{x.Local} = {x.Value}"))};");
        return [.. all.Select(x => x.Local)];
    }
}
