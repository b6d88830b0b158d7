using System.Numerics.Tensors;
using Unmask.Kernels;

namespace Unmask.Pipeline.Transformers;

/// <summary>A linear layer where products want it: y = xW + b for a batch of rows.</summary>
internal sealed class Dense(PaddedMatrix<double> weight, double[] bias)
{
    // Stateless, so that every thread may use it; batches are shared out over threads as a whole.
    public static readonly MatrixProduct<double> Product = MatrixProducts.CreateDouble(threads: 1);

    public int Outputs => weight.Columns;

    public static Dense Of(Linear linear)
    {
        var weight = new PaddedMatrix<double>(linear.Inputs, linear.Outputs);
        weight.Set(linear.Weight.Values);
        return new Dense(weight, linear.Bias.Match(bias => bias.ToArray(), () => []));
    }

    public void Apply(PaddedMatrix<double> x, PaddedMatrix<double> y)
    {
        Product.Multiply(x, weight, y);
        if (bias.Length == 0) return;
        for (var i = 0; i < y.Rows; i++) TensorPrimitives.Add(y.Row(i), bias, y.Row(i));
    }
}
