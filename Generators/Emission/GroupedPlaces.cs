using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>What a tiny program keeps in memory of its own, one after another: matrices that go from step to step, weights as products take them, and constants of exponentials.</summary>
internal sealed class GroupedPlaces
{
    /// <summary>Where the constants of exponentials lie, those of each vector after those of the one before.</summary>
    public const string Near = "near";

    private readonly List<(string Name, int At)> _places = [];
    private readonly IReadOnlyList<string> _weights;
    private readonly Grouping _grouping;
    private int _end;

    public GroupedPlaces(GroupedPlan plan, Grouping grouping)
        : this(grouping, SmallProgramEmitter.InRegisters(grouping) ? plan.Laid : plan.Scratch, plan.RepeatedWeights, plan.HasSoftmax)
    {
    }

    public GroupedPlaces(FeaturewisePlan plan, Grouping grouping)
        : this(grouping, plan.Scratch, [], plan.HasSoftmax)
    {
    }

    private GroupedPlaces(Grouping grouping, IReadOnlyList<string> matrices, IReadOnlyList<string> weights, bool hasSoftmax)
    {
        (_weights, _grouping) = (weights, grouping);
        foreach (var matrix in matrices) Add(matrix, grouping.Size * grouping.Size);
        foreach (var one in weights) Add(GroupedPlan.Repeated(one), grouping.Vectors * grouping.Size * grouping.Dialect.Lanes);
        if (hasSoftmax && ExponentialWriter.NearSize(grouping.Dialect) is > 0 and var size) Add(Near, grouping.Vectors * size);
    }

    public void WriteFields(CodeWriter code)
    {
        if (_places.Count == 0) return;
        code.Line($"private readonly Workspace<{_grouping.Dialect.Scalar}> _memory = new({_end});");
        code.Line($"private readonly {_grouping.Dialect.Scalar}* _scratch;").Line();
    }

    /// <summary>What the constructor does.</summary>
    public void WriteSetUp(CodeWriter code)
    {
        if (_places.Count > 0) code.Line("_scratch = _memory.At(0);");
        foreach (var (_, at) in _places.Where(place => place.Name == Near)) code.Line($"Passes{_grouping.Dialect.Name}.LayNear(_scratch + {at}, {_grouping.Vectors});");
    }

    public void WriteTakeWeights(CodeWriter code)
    {
        if (_weights.Count == 0) return;
        var lays = _weights.Select(name => $"RepeatedRows.Lay(Input{name}, _scratch + {_places.Single(place => place.Name == GroupedPlan.Repeated(name)).At}, {_grouping.Size}, {_grouping.Rows}, {_grouping.Vectors});");
        code.Line($"internal override void TakeWeights() {{ {string.Join(" ", lays)} }}").Line();
    }

    /// <summary>The pointers of a method.</summary>
    public void WritePointers(CodeWriter code)
    {
        if (_places.Count > 0) code.Line($"{_grouping.Dialect.Scalar}* {string.Join(", ", _places.Select((place, i) => i == 0 ? $"{place.Name} = _scratch" : $"{place.Name} = {_places[0].Name} + {place.At}"))};");
    }

    private void Add(string name, int length)
    {
        _places.Add((name, _end));
        _end += length;
    }
}
