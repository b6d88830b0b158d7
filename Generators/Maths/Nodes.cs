namespace Unmask.Generators.Maths;

/// <summary>A named matrix.</summary>
public sealed class Symbol(string name, Shape shape, Role role, bool perHead = false)
    : Expr(shape, Mix(1, name.GetHashCode(), (int)role, perHead ? 1 : 0), role, perHead)
{
    public string Name { get; } = name;

    protected override bool Same(Expr other) => other is Symbol s && s.Name == Name && s.Shape == Shape && s.PerHead == PerHead;
}

/// <summary>All zeros.</summary>
public sealed class Zero(Shape shape) : Expr(shape, Mix(2, (int)shape.Rows, (int)shape.Columns), Role.Constant, perHead: false)
{
    protected override bool Same(Expr other) => other.Shape == Shape;
}

/// <summary>A node with one operand.</summary>
public abstract class Unary(int kind, Expr a, Shape shape, int extra = 0, bool? perHead = null)
    : Expr(shape, Mix(kind, a.GetHashCode(), extra), a.DependsOn, perHead ?? a.PerHead)
{
    public Expr A { get; } = a;

    public void Deconstruct(out Expr a) => a = A;

    protected override bool Same(Expr other) => ((Unary)other).A.Equals(A);
}

/// <summary>A node with two operands.</summary>
public abstract class Binary(int kind, Expr a, Expr b, Shape shape)
    : Expr(shape, Mix(kind, a.GetHashCode(), b.GetHashCode()), Stronger(a.DependsOn, b.DependsOn), a.PerHead || b.PerHead)
{
    public Expr A { get; } = a;

    public Expr B { get; } = b;

    public void Deconstruct(out Expr a, out Expr b) => (a, b) = (A, B);

    protected override bool Same(Expr other) => ((Binary)other).A.Equals(A) && ((Binary)other).B.Equals(B);
}

/// <summary>Aᵀ.</summary>
public sealed class Transposed(Expr a) : Unary(3, a, a.Shape.Flipped);

/// <summary>c·A for a literal c.</summary>
public sealed class Scaled(double factor, Expr a) : Unary(4, a, a.Shape, factor.GetHashCode())
{
    public double Factor { get; } = factor;

    protected override bool Same(Expr other) => ((Scaled)other).Factor.Equals(Factor) && base.Same(other);
}

/// <summary>A with the entries that the mask hides set to zero; linear and its own adjoint.</summary>
public sealed class Visible(Expr a) : Unary(5, a, a.Shape);

/// <summary>The sum of the visible entries of every row: n×n to n×1.</summary>
public sealed class RowSum(Expr a) : Unary(6, a, Shape.PerRow);

/// <summary>r 1ᵀ on the visible entries: n×1 to n×n.</summary>
public sealed class Across(Expr a) : Unary(7, a, Shape.Map);

/// <summary>The softmax of every row over its visible entries; zero elsewhere.</summary>
public sealed class Softmax(Expr a) : Unary(8, a, a.Shape);

/// <summary>log Σ exp over the visible entries of every row: n×n to n×1.</summary>
public sealed class LogSumExp(Expr a) : Unary(9, a, Shape.PerRow);

/// <summary>Every row less the mean of its visible entries; linear, idempotent and its own adjoint.</summary>
public sealed class Centred(Expr a) : Unary(14, a, a.Shape);

/// <summary>r 1ᵀ: one column for every token alike, h×1 to h×n.</summary>
public sealed class Repeated(Expr a) : Unary(15, a, new Shape(a.Shape.Rows, Extent.N));

/// <summary>Σ over the heads; linear.</summary>
public sealed class HeadSum(Expr a) : Unary(16, a, a.Shape, perHead: false);

/// <summary>A + B.</summary>
public sealed class Sum(Expr a, Expr b) : Binary(10, a, b, a.Shape);

/// <summary>A ∘ B, entry by entry.</summary>
public sealed class Hadamard(Expr a, Expr b) : Binary(11, a, b, a.Shape);

/// <summary>A B.</summary>
public sealed class Product(Expr a, Expr b) : Binary(12, a, b, new Shape(a.Shape.Rows, b.Shape.Columns));

/// <summary>⟨A, B⟩, the sum of all products of entries: a scalar.</summary>
public sealed class Dot(Expr a, Expr b) : Binary(13, a, b, Shape.Scalar);
