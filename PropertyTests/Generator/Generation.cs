using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Unmask.Generators;

namespace Unmask.PropertyTests.Generator;

/// <summary>The generator run on a project, and run again on what became of it, with every step tracked.</summary>
internal sealed class Generation
{
    private readonly GeneratorDriver _driver;
    private readonly CSharpCompilation _project;

    private Generation(GeneratorDriver driver, CSharpCompilation project) => (_driver, _project) = (driver.RunGenerators(project), project);

    public static Generation Of(CSharpCompilation project) => new(
        CSharpGeneratorDriver.Create(
            [new KernelGenerator().AsSourceGenerator()],
            parseOptions: (CSharpParseOptions)project.SyntaxTrees[0].Options,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true)),
        project);

    public static Generation Of(params string[] sources) => Of(Compilations.Of(sources));

    public Generation After(CSharpCompilation edited) => new(_driver, edited);

    public Generation AfterEdit(int source, string text) => After(_project.Edit(source, text));

    public GeneratorRunResult Result => _driver.GetRunResult().Results.Single();

    public IReadOnlyDictionary<string, string> Sources => Result.GeneratedSources.ToDictionary(s => s.HintName, s => s.SourceText.ToString());

    /// <summary>Why each output of a named step is as it is; a step that has not run at all is an error.</summary>
    public IncrementalStepRunReason[] Reasons(string step) => [.. Result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(o => o.Reason)];

    /// <summary>The same for the steps that write files or report findings.</summary>
    public IncrementalStepRunReason[] OutputReasons =>
        [.. Result.TrackedOutputSteps.Values.SelectMany(runs => runs).SelectMany(run => run.Outputs).Select(o => o.Reason)];

    /// <summary>The project together with what was generated.</summary>
    public Compilation Compiled => _project.AddSyntaxTrees(Result.GeneratedSources.Select(s => s.SyntaxTree));
}
