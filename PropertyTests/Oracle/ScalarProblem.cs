using Unmask.Kernels;

namespace Unmask.PropertyTests.Oracle;

/// <summary>What the scalar loops are told: for every head d×h weights of queries and keys, h numbers of query bias, d×d values, observations.</summary>
internal sealed record ScalarProblem(
    int D, int N, int H, LossModel Model, bool Causal, double[][,] WQ, double[][,] WK, double[][] Bias, double[][,] V, double[][,] B);
