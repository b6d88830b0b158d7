using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Lowering;

namespace Unmask.Generators.Emission;

/// <summary>A product as a method and what it is called with, the matrices that it writes last.</summary>
internal sealed record GroupedCall(GroupedMethod Method, params IReadOnlyList<string> Arguments);

/// <summary>One step or two: products with the call that does them; without one, what is written in place, and from which matrices in memory.</summary>
internal sealed record GroupedWork(IReadOnlyList<Step> Steps, GroupedCall? Call, params IReadOnlyList<string> Reads);

/// <summary>
/// The steps of a gradient with the calls of its products. Products of what is given come first, two at a time, as one broadcast then serves both. A softmax
/// waits for itself most of its time, so those that nobody needs before it are done in its midst. A product that only the next pass reads is written in
/// place and stays in registers.
/// </summary>
internal sealed class GroupedPlan
{
    private readonly Grouping _grouping;
    private readonly string _result;
    private readonly IReadOnlyCollection<string> _byOthers;

    public GroupedPlan(KernelProgram program, Grouping grouping)
    {
        var gradient = SmallProgramEmitter.Gradient(program);
        (_grouping, _result) = (grouping, gradient.Result);
        Inputs = SmallProgramEmitter.Inputs(program);
        var given = SmallProgramEmitter.Given(program);
        var rest = grouping.AreHalves ? PairLast(gradient.Steps.Except(given)) : gradient.Steps.Except(given).ToList();
        HasSoftmax = rest.Any(IsSoftmax);
        var early = Reads(program, rest.Take(rest.FindIndex(IsSoftmax) + 1));
        // Where sixteen registers hold everything, the broadcasts that these share with the others would be kept over the softmax, in memory.
        var late = HasSoftmax && !grouping.AreHalves ? given.Where(p => !early.Contains(p.Target)).ToList() : [];
        _byOthers = Reads(program, rest.Where(step => step is not Pass));
        MidSoftmax = [.. Twins(late)];
        Laid = grouping.AreHalves ? [.. given.Select(p => p.Target)] : [];
        Steps =
        [
            .. Twins(given.Except(late)),
            .. rest.Select(step => Of(step, step == rest.Last())),
        ];
    }

    /// <summary>What is given.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>
    /// Weights that are laid out once, when they are bound, with each entry as often as rows share a vector, for products in registers, which take them row by row.
    /// </summary>
    public IReadOnlyList<string> RepeatedWeights => SmallProgramEmitter.InRegisters(_grouping) && _grouping.Interleaves
        ? [.. All.SelectMany(work => work.Steps).OfType<ProductStep>().Where(p => p.RightIsWeights).Select(p => p.Right).Distinct()]
        : [];

    /// <summary>What is read as it was given.</summary>
    public IReadOnlyList<string> Plain => [.. Inputs.Except(RepeatedWeights)];

    public static string Repeated(string name) => name + "Repeated";

    public IReadOnlyList<GroupedWork> Steps { get; }

    /// <summary>What is done between the exponentials of a softmax and their sum.</summary>
    public IReadOnlyList<GroupedWork> MidSoftmax { get; }

    public IEnumerable<GroupedMethod> Methods => All.Select(s => s.Call?.Method).OfType<GroupedMethod>().Distinct();

    /// <summary>
    /// Matrices that a program in few registers lays down as well, as soon as it has them: right factors of later products are broadcast from there, and need no register
    /// until then.
    /// </summary>
    public IReadOnlyList<string> Laid { get; }

    /// <summary>The matrices that go from one step to the next through memory.</summary>
    public IReadOnlyList<string> Scratch => [.. All.SelectMany(s => s.Call?.Arguments ?? s.Reads).Distinct().Where(name => !Inputs.Contains(name) && name != "G")];

    /// <summary>The name under which the rows of a matrix lie.</summary>
    public string InRows(string name) => !_grouping.Interleaves || Inputs.Contains(name) ? name : name + "Rows";

    public bool HasSoftmax { get; }

    /// <summary>After which there are products alone.</summary>
    public Step LastPass => Steps.SelectMany(work => work.Steps).OfType<Pass>().Last();

    private IEnumerable<GroupedWork> All => Steps.Concat(MidSoftmax);

    private static bool IsSoftmax(Step step) => step is Pass { HasSoftmax: true };

    private static IReadOnlyCollection<string> Reads(KernelProgram program, IEnumerable<Step> steps) => [.. Liveness.Of(program, steps).SelectMany(use => use.Reads).Distinct()];

    private IEnumerable<GroupedWork> Twins(IEnumerable<ProductStep> products) =>
        from twins in products.Select((p, i) => (Product: p, i)).GroupBy(p => (p.Product.Left, p.Product.LeftTransposed, p.i / (_grouping.HoldsTwo ? 2 : 1)), p => p.Product).Select(g => g.ToList())
        select twins.Count == 1 ? Of(twins[0], false) : new GroupedWork(twins, Twice(twins[0], twins[1]));

    // A product that is added to a pair begins the sum instead: the pair comes later, and then nothing waits for it.
    private static List<Step> PairLast(IEnumerable<Step> steps)
    {
        var ordered = steps.ToList();
        var last = ordered.Count - 1;
        if (last > 0 && ordered[last - 1] is PairStep { Start: Start.Set } pair && ordered[last] is ProductStep { Start: Start.Add } product && pair.Target == product.Target)
        {
            ordered[last - 1] = product with { Start = Start.Set, Formula = product.Formula.Replace(" += ", " = ") };
            ordered[last] = pair with { Start = Start.Add, Formula = pair.Formula.Replace(" = ", " += ") };
        }

        return ordered;
    }

    private GroupedWork Of(Step step, bool last) => step switch
    {
        ProductStep { Start: Start.Set } p when !last && !_byOthers.Contains(p.Target) && !Inputs.Contains(p.Left) => new([p], null, p.LeftTransposed ? InRows(p.Left) : p.Left),
        ProductStep p => new([p], new(
            new(p.LeftTransposed ? GroupedKind.Transposed : GroupedKind.Straight, RightInRows(p.Right), p.Start == Start.Add, ToRows(last)),
            [p.LeftTransposed ? InRows(p.Left) : p.Left, p.Right, .. p.Start == Start.Add ? [Target(p.Target, false)] : new string[0], Target(p.Target, last)])),
        // One that is added to is in registers, and has no call.
        PairStep { Start: Start.Set } p => new([p], new(
            new(GroupedKind.Pair, RightInRows(p.Right), Adds: false, ToRows(last)), p.Left, InRows(p.Left), p.Right, p.Second, Target(p.Target, last))),
        _ => new([step], null),
    };

    private GroupedCall Twice(ProductStep p, ProductStep q) => new(new(GroupedKind.Twice, RightInRows(p.Right), false, false), p.Left, p.Right, q.Right, p.Target, q.Target);

    // Where a row is a vector or a half of one, both ways to lie are one.
    private bool RightInRows(string name) => _grouping.Interleaves && Inputs.Contains(name);

    private bool ToRows(bool last) => _grouping.Interleaves && last;

    private string Target(string name, bool last) => name == _result && (last || !_grouping.Interleaves) ? "G" : name;
}
