using LanguageExt;
using OwnKernel;
using Unmask.Kernels;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;

var planted = Planted.Of(d: 24, n: 48, seed: 1);
var invert = IterativeSolvers.LevenbergMarquardt(OwnKernels.Table);

var verdict =
    from problem in planted.Problem
    from estimate in invert(problem, SolverOptions.Default with { Start = planted.Near(seed: 2) })
    from judged in Verify.Against(problem)(estimate)
    select judged;

return verdict.Match(
    Succ: judged =>
    {
        Console.WriteLine($"kernel    {OwnKernels.Serving(LossModel.LogAttention, 24, 48)}");
        Console.WriteLine($"solver    {judged.Estimate.Solver.Name}, {judged.Estimate.Solver.Iterations} iterations");
        Console.WriteLine($"residual  {judged.Residual.Max:E1}, the largest difference of an entry");
        Console.WriteLine($"verdict   {judged.Kind}: {judged.Identifiability.Symmetry}");
        return 0;
    },
    Fail: error =>
    {
        Console.Error.WriteLine(error);
        return 1;
    });
