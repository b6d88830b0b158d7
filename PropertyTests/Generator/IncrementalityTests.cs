using Microsoft.CodeAnalysis;
using Unmask.Generators;
using Xunit;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;
using static Unmask.PropertyTests.Generator.Compilations;

namespace Unmask.PropertyTests.Generator;

/// <summary>An edit costs what it changes: nothing, or the file of one size and the list.</summary>
public class IncrementalityTests
{
    private static readonly Generation Before = Generation.Of(Asking((4, 4), (5, 7)), "class Elsewhere;");

    [Fact]
    public void A_comment_elsewhere_changes_nothing()
    {
        var after = Before.AfterEdit(1, "class Elsewhere; // edited");
        AllAre(after, [Cached, Unchanged], [Steps.Requests, Steps.List, Steps.Specs, Steps.Findings, Steps.Library]);
        NothingIsWritten(after);
    }

    [Fact]
    public void A_comment_above_the_requests_moves_them_and_writes_nothing()
    {
        var after = Before.AfterEdit(0, "// edited\n" + Asking((4, 4), (5, 7)));
        Assert.All(after.Reasons(Steps.Requests), reason => Assert.Equal(Modified, reason)); // their lines moved
        AllAre(after, [Unchanged], [Steps.List, Steps.Findings]);
        AllAre(after, [Cached], [Steps.Specs]);
        AllAre(after, [Cached, Unchanged], [Steps.Library]);
        NothingIsWritten(after);
    }

    [Fact]
    public void A_further_size_writes_one_file_and_the_list()
    {
        var after = Before.AfterEdit(0, Asking((4, 4), (5, 7), (6, 9)));
        Assert.Equal([Modified], after.Reasons(Steps.List));
        Assert.Equal([Unchanged], after.Reasons(Steps.Findings));
        Assert.Equal(1, after.Reasons(Steps.Specs).Count(reason => reason == New));
        Assert.Equal(2, after.Reasons(Steps.Specs).Count(reason => reason is Unchanged or Cached));
        Assert.Equal([New, Modified], Written(after));
        Assert.Equal(["AttentionKernels.g.cs", "Kernel6x9.g.cs"], Different(Before, after));
    }

    [Fact]
    public void A_size_less_removes_one_file_and_writes_the_list()
    {
        var after = Before.AfterEdit(0, Asking((4, 4)));
        Assert.Equal([Modified], after.Reasons(Steps.List));
        Assert.Equal(1, after.Reasons(Steps.Specs).Count(reason => reason == Removed));
        Assert.Equal([Modified, Removed], Written(after));
        Assert.Equal(["AttentionKernels.g.cs", "Kernel5x7.g.cs"], Different(Before, after));
    }

    [Fact]
    public void The_library_is_written_where_it_is_asked_for()
    {
        Assert.DoesNotContain("IPasses.g.cs", Before.Sources.Keys);
        var after = Before.AfterEdit(1, "[assembly: Unmask.Kernels.AttentionKernelLibrary]");
        Assert.Equal([Modified], after.Reasons(Steps.Library));
        Assert.Contains("IPasses.g.cs", after.Sources.Keys);
    }

    private static void AllAre(Generation run, IncrementalStepRunReason[] allowed, string[] steps)
    {
        Assert.All(steps, step => Assert.NotEmpty(run.Reasons(step)));
        Assert.All(steps, step => Assert.All(run.Reasons(step), reason => Assert.Contains(reason, allowed)));
    }

    private static void NothingIsWritten(Generation run)
    {
        Assert.NotEmpty(run.OutputReasons);
        Assert.All(run.OutputReasons, reason => Assert.Equal(Cached, reason));
    }

    private static IEnumerable<IncrementalStepRunReason> Written(Generation run) => run.OutputReasons.Where(reason => reason is not (Cached or Unchanged)).Order();

    private static IEnumerable<string> Different(Generation before, Generation after) =>
        before.Sources.Except(after.Sources).Concat(after.Sources.Except(before.Sources)).Select(s => s.Key).Distinct().Order(StringComparer.Ordinal);
}
