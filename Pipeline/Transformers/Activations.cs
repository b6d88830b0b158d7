using System.Numerics.Tensors;
using MathNet.Numerics;

namespace Unmask.Pipeline.Transformers;

/// <summary>The functions between the two layers of an MLP, in place.</summary>
internal static class Activations
{
    public static void Apply(Activation activation, Span<double> x, Span<double> scratch)
    {
        switch (activation)
        {
            case Activation.Silu:
                TensorPrimitives.Sigmoid(x, scratch);
                TensorPrimitives.Multiply(x, scratch, x);
                break;
            case Activation.GeluTanh:
                // ½(1 + tanh u) is the logistic function of 2u.
                var slope = 2 * Math.Sqrt(2 / Math.PI);
                TensorPrimitives.Multiply<double>(x, x, scratch);
                TensorPrimitives.Multiply<double>(scratch, slope * 0.044715, scratch);
                TensorPrimitives.Add<double>(scratch, slope, scratch);
                TensorPrimitives.Multiply<double>(scratch, x, scratch);
                TensorPrimitives.Sigmoid<double>(scratch, scratch);
                TensorPrimitives.Multiply(x, scratch, x);
                break;
            case Activation.Gelu:
                // By the complement, which keeps its digits where Φ is small.
                for (var c = 0; c < x.Length; c++) x[c] *= 0.5 * SpecialFunctions.Erfc(-x[c] / Math.Sqrt(2));
                break;
            case Activation.Relu:
                TensorPrimitives.Max(x, 0, x);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "No such activation.");
        }
    }
}
