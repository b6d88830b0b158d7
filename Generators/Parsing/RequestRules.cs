using System.Collections.Generic;
using System.Linq;
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
        if (!unsafeAllowed && requests.Count > 0) findings.Add(Of("UNM003", requests[0]));
        return new EquatableArray<Finding>(findings);
    }

    private static Finding? Own(KernelRequest request)
    {
        var (d, n) = (request.Spec.D, request.Spec.N);
        return d < 1 || n < 1 || d > Largest || n > Largest ? Of("UNM001", request, d, n, Largest) : null;
    }

    private static Finding Of(string id, KernelRequest request, params object[] arguments) =>
        new(id, new EquatableArray<string>(arguments.Select(a => a.ToString())), request.At);
}
