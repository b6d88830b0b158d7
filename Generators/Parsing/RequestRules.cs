using System.Collections.Generic;
using System.Linq;
using Unmask.Generators.Emission;
using Unmask.Generators.Lowering;
using Unmask.Generators.Maths;
using Unmask.Generators.Model;

namespace Unmask.Generators.Parsing;

/// <summary>What may be asked for. A request that breaks a rule gets a finding and no kernel.</summary>
internal static class RequestRules
{
    public const int Largest = 1024;

    public static EquatableArray<KernelSpec> Accepted(IReadOnlyList<KernelRequest> requests) =>
        new(requests.Where(r => Own(r) is null).GroupBy(r => (r.Spec.D, r.Spec.N)).Select(g => g.First().Spec).OrderBy(s => s.D).ThenBy(s => s.N));

    public static EquatableArray<Finding> Findings(IReadOnlyList<KernelRequest> requests, bool unsafeAllowed)
    {
        var findings = requests.Select(Own).OfType<Finding>().ToList();
        findings.AddRange(requests.GroupBy(r => (r.Spec.D, r.Spec.N)).SelectMany(g => g.Skip(1)).Select(r => Of("UNM002", r, r.Spec.D, r.Spec.N)));
        if (!unsafeAllowed && requests.Count > 0) findings.Add(Of("UNM004", requests[0]));
        return new EquatableArray<Finding>(findings);
    }

    private static Finding? Own(KernelRequest request)
    {
        var (d, n, unroll) = (request.Spec.D, request.Spec.N, request.Spec.Unroll);
        if (d < 1 || n < 1 || d > Largest || n > Largest) return Of("UNM001", request, d, n, Largest);
        if (unroll < 1) return Of("UNM005", request, d, n, unroll, KernelSpec.DefaultUnroll);
        var il = LargestMethod(request.Spec);
        return il > Budget.MaxIlBytes ? Of("UNM003", request, d, n, unroll, il, Budget.MaxIlBytes) : null;
    }

    /// <summary>Estimated IL of the longest product method of a size.</summary>
    public static int LargestMethod(KernelSpec spec) =>
        (from dialect in SizeEmitter.Dialects(spec.N)
         from kind in new[] { ProductKind.WeightsStates, ProductKind.WeightsTransposedStates, ProductKind.StatesTransposedStates, ProductKind.StatesMap }
         let geometry = ProductsEmitter.Geometry(kind, dialect, spec.D, spec.N, spec.Unroll)
         select Budget.EstimatedIlBytes(geometry, dialect.Accumulators)).Max();

    private static Finding Of(string id, KernelRequest request, params object[] arguments) =>
        new(id, new EquatableArray<string>(arguments.Select(a => a.ToString())), request.At);
}
