using System;

namespace Unmask.Generators.Maths;

/// <summary>
/// Constructors that simplify. Two habits keep what is lowered small: an n×d result is held as the transpose of a d×n one, so that every
/// stored matrix has n columns (or d, for weights); and a product is associated so that the factor that is already known comes first.
/// </summary>
public static class Algebra
{
    public static Expr ZeroOf(Shape shape) => new Zero(shape);

    public static Expr T(Expr a) => a switch
    {
        Transposed t => t.A,
        Zero => new Zero(a.Shape.Flipped),
        Product { A: Transposed left } p when a.Shape == Shape.Map => Multiply(T(p.B), left.A), // (AᵀB)ᵀ = BᵀA costs no transpose
        Sum { A: Product, B: Product } s when a.Shape == Shape.Map => Plus(T(s.A), T(s.B)),
        _ => new Transposed(a),
    };

    public static Expr Scale(double c, Expr a) => a switch
    {
        _ when c == 1 => a,
        Zero => a,
        Scaled s => Scale(c * s.Factor, s.A),
        _ when c == 0 => new Zero(a.Shape),
        Transposed t => T(Scale(c, t.A)), // a transpose stays outermost, where a product can absorb it
        _ => new Scaled(c, a),
    };

    public static Expr Plus(Expr a, Expr b) => (a, b) switch
    {
        _ when a.Shape != b.Shape => throw Mismatch("+", a, b),
        (Zero, _) => b,
        (_, Zero) => a,
        (Transposed s, Transposed t) => T(Plus(s.A, t.A)),
        _ => new Sum(a, b),
    };

    public static Expr Times(Expr a, Expr b) => (a, b) switch
    {
        _ when a.Shape != b.Shape => throw Mismatch("∘", a, b),
        (Zero, _) => a,
        (_, Zero) => b,
        (Scaled s, _) => Scale(s.Factor, Times(s.A, b)),
        (_, Scaled s) => Scale(s.Factor, Times(a, s.A)),
        _ => new Hadamard(a, b),
    };

    public static Expr Multiply(Expr a, Expr b) => (a, b) switch
    {
        _ when a.Shape.Columns != b.Shape.Rows => throw Mismatch("·", a, b),
        (Zero, _) or (_, Zero) => new Zero(new Shape(a.Shape.Rows, b.Shape.Columns)),
        (Scaled s, _) => Scale(s.Factor, Multiply(s.A, b)),
        (_, Scaled s) => Scale(s.Factor, Multiply(a, s.A)),
        (Transposed { A: Scaled s }, _) => Scale(s.Factor, Multiply(T(s.A), b)),
        (_, Transposed { A: Scaled s }) => Scale(s.Factor, Multiply(a, T(s.A))),
        _ when a.Shape.Rows == Extent.N && b.Shape.Columns is Extent.D or Extent.H => T(Multiply(T(b), T(a))),
        (_, Product p) when KnownFirst(a, p) => Multiply(Multiply(a, p.A), p.B),
        (Product p, _) when KnownLast(p, b) => Multiply(p.A, Multiply(p.B, b)),
        _ => new Product(a, b),
    };

    public static Expr See(Expr a) => a switch
    {
        Zero or Visible or Softmax or Across or Centred => a,
        Scaled s => Scale(s.Factor, See(s.A)),
        Hadamard h when IsSeen(h.A) || IsSeen(h.B) => a,
        Sum s when IsSeen(s.A) && IsSeen(s.B) => a,
        Symbol { DependsOn: Role.Constant } => a, // observed maps are stored with their hidden entries zero
        _ => new Visible(a),
    };

    public static Expr SumRows(Expr a) => a switch
    {
        Zero => new Zero(Shape.PerRow),
        Scaled s => Scale(s.Factor, SumRows(s.A)),
        _ => new RowSum(a),
    };

    public static Expr Spread(Expr r) => r switch
    {
        Zero => new Zero(Shape.Map),
        Scaled s => Scale(s.Factor, Spread(s.A)),
        _ => new Across(r),
    };

    public static Expr Repeat(Expr a) => a is Zero ? new Zero(new Shape(a.Shape.Rows, Extent.N)) : new Repeated(a);

    /// <summary>What is the same for every head would be multiplied, which no loss asks for; a sum that does not differ by head stays as it is.</summary>
    public static Expr SumHeads(Expr a) => a switch
    {
        _ when !a.PerHead => a,
        Scaled s => Scale(s.Factor, SumHeads(s.A)),
        Transposed t => T(SumHeads(t.A)),
        _ => new HeadSum(a),
    };

    public static Expr Inner(Expr a, Expr b) => (a, b) switch
    {
        (Zero, _) or (_, Zero) => new Zero(Shape.Scalar),
        (Transposed s, Transposed t) => Inner(s.A, t.A),
        _ => new Dot(a, b),
    };

    public static Expr Centre(Expr a) => a switch
    {
        Zero or Centred => a,
        Scaled s => Scale(s.Factor, Centre(s.A)),
        _ => new Centred(a),
    };

    public static bool IsSeen(Expr a) => a is Zero || ReferenceEquals(See(a), a) || See(a).Equals(a);

    // a (p q) as (a p) q: with the weights in the middle, WᵀX or (WX)ᵀ is kept from the point and serves every direction.
    private static bool KnownFirst(Expr a, Product p) =>
        (a.Shape == Shape.Weights && p.A.Shape == Shape.States && p.B.Shape == Shape.Map && a.DependsOn == Role.Constant)
        || (a.Shape == Shape.States.Flipped && p.A.Shape == Shape.Weights && p.B.DependsOn == Role.Direction && a.DependsOn <= Role.Point);

    // (p q) b as p (q b): here the factor on the right is the one that is known.
    private static bool KnownLast(Product p, Expr b) =>
        p.A.Shape == Shape.States.Flipped && p.B.Shape == Shape.Weights && b.Shape == Shape.States && p.A.DependsOn == Role.Direction && b.DependsOn <= Role.Point;

    private static ArgumentException Mismatch(string operation, Expr a, Expr b) =>
        new($"{a.Shape} {operation} {b.Shape} is not defined: {a} {operation} {b}");
}
