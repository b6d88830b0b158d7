using Unmask.Generators.Maths;
using Unmask.PropertyTests.Oracle;
using Unmask.PropertyTests.Oracle.Numbers;

namespace Unmask.PropertyTests.Kernels;

/// <summary>
/// What the expressions say of a case, and how far rounding may move each number, in unit roundoffs: Higham's error analysis, followed through
/// the very expression that the kernel computes (<see cref="Traced"/>). Nothing in it is fitted to what kernels do.
/// </summary>
internal sealed record BoundedRun(KernelRun Values, KernelRun Errors)
{
    /// <summary>Loss and gradient alone, entries row after row.</summary>
    public static (Traced Loss, Traced[] Gradient) Slope(KernelCase c) => Slope(c, new Interpreter<Traced>(c));

    public static BoundedRun Of(KernelCase c)
    {
        var (interpreter, derivatives) = (new Interpreter<Traced>(c), Expressions.Of(c));
        Traced[] Entries(Expr e) => BoundedRun.Entries(interpreter, e);
        var (loss, gradient) = Slope(c, interpreter);
        var (hessian, bend) = (Entries(derivatives.HessianVector), Entries(derivatives.Bend));
        var gaussNewton = Entries(derivatives.GaussNewton);

        // A kernel may take either way to the product.
        if (derivatives.GaussNewtonWithoutMaps is { } other && !c.Causal)
            gaussNewton = [.. gaussNewton.Zip(Entries(other), (a, b) => new Traced(a.Value, Math.Max(a.Error, b.Error)))];

        KernelRun Run(Func<Traced, double> part)
        {
            double[] Parts(Traced[] entries) => [.. entries.Select(part)];
            return new KernelRun(part(loss), part(loss), Parts(gradient), Parts(hessian), Parts(gaussNewton), Parts(bend));
        }

        return new BoundedRun(Run(t => t.Value), Run(t => t.Error));
    }

    private static (Traced Loss, Traced[] Gradient) Slope(KernelCase c, Interpreter<Traced> interpreter) =>
        (interpreter.Scalar(Expressions.Of(c).Value), Entries(interpreter, Expressions.Of(c).Gradient));

    private static Traced[] Entries(Interpreter<Traced> interpreter, Expr e) => [.. interpreter.Value(e).Cast<Traced>()];
}
