using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>A product as a method and what it is called with, the matrices that it writes last.</summary>
internal sealed record GroupedCall(GroupedMethod Method, params IReadOnlyList<string> Arguments);

/// <summary>
/// The steps of a gradient with the calls of its products. Products of what is given come first, two at a time: while the others wait for one another, these
/// keep the processor busy.
/// </summary>
internal sealed class GroupedPlan
{
    private readonly Grouping _grouping;
    private readonly string _result;

    public GroupedPlan(KernelProgram program, Grouping grouping)
    {
        var gradient = SmallProgramEmitter.Gradient(program);
        (_grouping, _result) = (grouping, gradient.Result);
        Inputs = [.. program.Inputs.Select(b => b.Name).Where(name => name != "U")];
        var given = gradient.Steps.OfType<ProductStep>().Where(p => Inputs.Contains(p.Left) && Inputs.Contains(p.Right)).ToList();
        foreach (var twins in given.Select((p, i) => (Product: p, i)).GroupBy(p => (p.Product.Left, p.Product.LeftTransposed, p.i / 2), p => p.Product).Select(g => g.ToList()))
            Steps.Add((twins, twins.Count == 1 ? Of(twins[0], false) : Twice(twins[0], twins[1])));
        var rest = gradient.Steps.Except(given).ToList();
        Steps.AddRange(rest.Select(step => ((IReadOnlyList<Step>)[step], Of(step, step == rest.Last()))));
    }

    /// <summary>What is given.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>One step or two, with the call that does them if they are products.</summary>
    public List<(IReadOnlyList<Step> Steps, GroupedCall? Call)> Steps { get; } = [];

    public IEnumerable<GroupedMethod> Methods => Steps.Select(s => s.Call?.Method).OfType<GroupedMethod>().Distinct();

    /// <summary>The matrices that go from one step to the next through memory.</summary>
    public IReadOnlyList<string> Scratch => [.. Steps.SelectMany(s => s.Call?.Arguments ?? []).Distinct().Where(name => !Inputs.Contains(name) && name != "G")];

    /// <summary>The name under which the rows of a matrix lie.</summary>
    public string InRows(string name) => _grouping.Rows == 1 || Inputs.Contains(name) ? name : name + "Rows";

    private GroupedCall? Of(Step step, bool last) => step switch
    {
        ProductStep p => new(
            new(p.LeftTransposed ? GroupedKind.Transposed : GroupedKind.Straight, RightInRows(p.Right), p.Start == Start.Add, ToRows(last)),
            [p.LeftTransposed ? InRows(p.Left) : p.Left, p.Right, .. p.Start == Start.Add ? [Target(p.Target, false)] : new string[0], Target(p.Target, last)]),
        PairStep p => new(new(GroupedKind.Pair, RightInRows(p.Right), false, ToRows(last)), [p.Left, InRows(p.Left), p.Right, p.Second, Target(p.Target, last)]),
        _ => null,
    };

    private GroupedCall Twice(ProductStep p, ProductStep q) => new(new(GroupedKind.Twice, RightInRows(p.Right), false, false), p.Left, p.Right, q.Right, p.Target, q.Target);

    // Where a row is a vector, both ways to lie are one.
    private bool RightInRows(string name) => _grouping.Rows > 1 && Inputs.Contains(name);

    private bool ToRows(bool last) => _grouping.Rows > 1 && last;

    private string Target(string name, bool last) => name == _result && (last || _grouping.Rows == 1) ? "G" : name;
}
