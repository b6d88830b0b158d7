using System;

namespace Unmask.Generators.Maths;

/// <summary>What a symbol stands for in a derivative.</summary>
public enum Role
{
    /// <summary>Known for the whole problem: W, B, V.</summary>
    Constant,

    /// <summary>The unknown X.</summary>
    Point,

    /// <summary>The direction U of a directional derivative.</summary>
    Direction,

    /// <summary>The argument Z of an outer loss, replaced before anything is lowered.</summary>
    Argument,
}

/// <summary>
/// A matrix expression. Nodes are immutable and compared by structure (the hash is kept), so equal subexpressions are one.
/// Build them with the operators and with <see cref="Algebra"/>, which simplify as they go.
/// </summary>
public abstract class Expr : IEquatable<Expr>
{
    private readonly int _hash;

    protected Expr(Shape shape, int hash, Role dependsOn, bool perHead) => (Shape, _hash, DependsOn, PerHead) = (shape, hash, dependsOn, perHead);

    public Shape Shape { get; }

    /// <summary>Direction if the direction occurs below, else Point if X does, else Constant.</summary>
    public Role DependsOn { get; }

    /// <summary>Whether every head has one of its own; a <see cref="HeadSum"/> has not.</summary>
    public bool PerHead { get; }

    public static Expr operator *(Expr a, Expr b) => Algebra.Multiply(a, b);

    public static Expr operator *(double c, Expr a) => Algebra.Scale(c, a);

    public static Expr operator +(Expr a, Expr b) => Algebra.Plus(a, b);

    public static Expr operator -(Expr a, Expr b) => Algebra.Plus(a, Algebra.Scale(-1, b));

    public static Expr operator -(Expr a) => Algebra.Scale(-1, a);

    public bool Equals(Expr? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && GetType() == other.GetType() && Same(other));

    public override bool Equals(object? obj) => Equals(obj as Expr);

    public override int GetHashCode() => _hash;

    public override string ToString() => Printer.Print(this);

    /// <summary>Whether the fields agree; the type and the hash already do.</summary>
    protected abstract bool Same(Expr other);

    protected static int Mix(int kind, params int[] parts)
    {
        unchecked
        {
            var hash = kind * 16777619;
            foreach (var part in parts) hash = (hash ^ part) * 16777619 + 7;
            return hash;
        }
    }

    protected static Role Stronger(Role a, Role b) => a > b ? a : b;
}
