using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;

namespace Unmask.Generators.Emission;

/// <summary>Writes where the matrices of a program lie: fields that point into one block, some of them to the place of another that is used up by then.</summary>
internal sealed class ProgramMemory
{
    private readonly IReadOnlyList<string> _inputs;
    private readonly IReadOnlyDictionary<string, string> _places;
    private readonly IReadOnlyList<Buffer> _buffers;

    public ProgramMemory(KernelProgram program)
    {
        Trial = program.Evaluations.Single(e => e.Name == "Loss").Steps.SelectMany(Lower.Targets).Append("X").Distinct().ToDictionary(n => n, n => "trial" + n);
        _inputs = [.. program.Inputs.Select(b => b.Name)];
        var successors = Liveness.Successors(program);
        _places = successors.Concat(successors.Where(s => Trial.ContainsKey(s.Key)).Select(s => new KeyValuePair<string, string>(Trial[s.Key], Trial[s.Value])))
            .ToDictionary(s => s.Key, s => s.Value);
        var point = program.Inputs.Concat(program.Buffers).ToList();
        var trial = point.Where(b => Trial.ContainsKey(b.Name)).Select(b => b with { Name = Trial[b.Name] });
        // Whoever moves in comes after those whose places they are.
        _buffers = [.. point.Concat(trial).OrderBy(b => _places.ContainsKey(b.Name))];
    }

    /// <summary>The loss alone works in matrices of its own, so that trying a step does not disturb the point that the products are taken at: their names.</summary>
    public IReadOnlyDictionary<string, string> Trial { get; }

    public void WriteFields(CodeWriter code)
    {
        code.Line($"private readonly T* {string.Join(", ", _buffers.Where(b => !IsObserved(b)).Select(b => b.Name))};");
        foreach (var observed in _buffers.Where(IsObserved)) code.Line($"private T* {observed.Name} => Input{observed.Name};");
    }

    /// <summary>Reserves the block and hands it out.</summary>
    public void WritePlaces(CodeWriter code)
    {
        var rooms = _buffers.Where(b => b.Shape == Shape.Map || !_places.ContainsKey(b.Name)).GroupBy(Room);
        code.Line($"Reserve({string.Join(" + ", rooms.Select(g => $"{(g.Count() > 1 ? g.Count() + " * " : "")}{g.Key}"))});");
        foreach (var buffer in _buffers)
            code.Line($"{(IsObserved(buffer) ? "" : buffer.Name + " = ")}{Place(buffer)}; // {buffer.Shape}{(buffer.PerHead ? " of every head" : "")}   {buffer.Formula}");
    }

    // A batch lets these point to what is observed of each group of problems in turn.
    private static bool IsObserved(Buffer buffer) => buffer.Name == "Bt";

    // A causal pass leaves out what the mask hides: only in a place of its own does that stay zero.
    private string Place(Buffer buffer) =>
        !_places.TryGetValue(buffer.Name, out var former) ? Carve(buffer)
        : buffer.Shape != Shape.Map ? former
        : $"!Causal ? {former} : {Carve(buffer)}";

    private string Carve(Buffer buffer)
    {
        var block = $"Carve({Room(buffer)})";
        return _inputs.Contains(buffer.Name) ? $"Input{buffer.Name} = {block}" : buffer.Name == "trialX" ? $"InputTrialX = {block}" : block;
    }

    // Maps that blocks take the place of need none; what is observed lies whole besides.
    private static string Room(Buffer buffer)
    {
        var size = ProgramWords.Size(buffer.Shape);
        return buffer.PerHead ? "Heads * " + size : buffer.Shape == Shape.Map && !IsObserved(buffer) ? "WholeMap" : size;
    }
}
