namespace Unmask.Generators.Maths;

/// <summary>All that is evaluated of one loss: its value, gradient, Hessian-vector and Gauss–Newton products, derived from its definition.</summary>
public sealed class Derivatives
{
    public Derivatives(Loss loss)
    {
        Loss = loss;
        Value = Walk.Substitute(loss.Outer, loss.Argument, loss.Z);

        // (9) ∇L = Jᵀ ∇outer(Z)
        var slope = Derive.Adjoint(loss.Outer, loss.Argument, Derive.One);
        Gradient = Derive.Adjoint(loss.Z, Loss.X, Walk.Substitute(slope, loss.Argument, loss.Z));

        // (10) HU = d/dt ∇L(X + tU)
        HessianVector = Derive.Tangent(Gradient, Loss.X, Loss.U);

        // (11) GU = Jᵀ (∇²outer) J U
        var moved = Derive.Tangent(loss.Z, Loss.X, Loss.U);
        GaussNewton = Derive.Adjoint(loss.Z, Loss.X, Curved(moved));
        GaussNewtonWithoutMaps = WithoutMaps.Of(GaussNewton);

        // (12) Jᵀ (∇²outer) d²/dt² Z(X + tU): how the residual bends along U
        Bend = Derive.Adjoint(loss.Z, Loss.X, Curved(Derive.Tangent(moved, Loss.X, Loss.U)));

        Expr Curved(Expr along) => Walk.Substitute(Derive.Tangent(slope, loss.Argument, along), loss.Argument, loss.Z);
    }

    public Loss Loss { get; }

    public Expr Value { get; }

    public Expr Gradient { get; }

    public Expr HessianVector { get; }

    public Expr GaussNewton { get; }

    /// <summary>The same where there is no mask: (17), for scores; null where maps are needed.</summary>
    public Expr? GaussNewtonWithoutMaps { get; }

    public Expr Bend { get; }
}
