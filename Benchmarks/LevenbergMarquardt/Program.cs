using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Unmask.Kernels;
using Unmask.Pipeline;
using Unmask.Pipeline.Solvers;

// The C# side of compare-levenberg-marquardt: FILE REPEATS, the file as peers/levenberg_marquardt.py writes it. Prints one line of JSON.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var values = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(args[0]));
var (d, n) = ((int)values[0], (int)values[1]);
var weights = Matrix.Of(d, d, values.Slice(2, d * d));
var map = Matrix.Of(n, n, values.Slice(2 + d * d, n * n));
var start = Matrix.Of(d, n, values.Slice(2 + d * d + n * n, d * n));
var layer = new AttentionLayer(0, d, LanguageExt.Prelude.Seq1(Head.OfProduct(weights)), Mask.None, 1, LanguageExt.Prelude.None);
var problem = new Problem("peer", layer, Dims.Of(d, n).ThrowIfFail(), Observation.Attention, LanguageExt.Prelude.Seq1(map), Precision.Float64, LanguageExt.Prelude.None, LanguageExt.Prelude.None);
var options = SolverOptions.Default with { Start = start };

// What the peers do in their first run, the just-in-time compiler does in its first seconds.
var (solver, estimate, warm) = (IterativeSolvers.LevenbergMarquardt(), default(Estimate)!, Stopwatch.StartNew());
for (var k = 0; k < 2 || warm.Elapsed.TotalSeconds < 3; k++) solver(problem, options).ThrowIfFail();
var seconds = new List<double>();
for (var k = 0; k < int.Parse(args[1]); k++)
{
    var begin = Stopwatch.GetTimestamp();
    estimate = solver(problem, options).ThrowIfFail();
    seconds.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
}

var bound = BoundKernel.Of(problem, KernelTable.BuiltIn, "lm").ThrowIfFail();
var work = DampedNewton.GaussNewton(bound, start.Values, new StoppingRule(bound.Noise, 300, options)).Work;
var sorted = seconds.Order().ToArray();
var report = estimate.Solver;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{{\"side\": \"unmask\", \"iterations\": {report.Iterations}, \"products\": {work.Products}, \"factors\": {work.Factors}, \"residual\": {Math.Sqrt(2 * report.Loss):e3}, \"seconds\": {sorted[sorted.Length / 2]:e6}, \"best\": {sorted[0]:e6}}}"));
