using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>How one precision at one vector width is written in C#: the only place that knows intrinsics.</summary>
public sealed record Dialect(string Scalar, int Bits)
{
    public static IReadOnlyList<Dialect> All { get; } =
        [.. from scalar in new[] { "double", "float" } from bits in new[] { 512, 256, 128, 0 } select new Dialect(scalar, bits)];

    public bool IsScalar => Bits == 0;

    public int Bytes => Scalar == "double" ? 8 : 4;

    public int Lanes => IsScalar ? 1 : Bits / 8 / Bytes;

    /// <summary>F64W512, F32Scalar, …: how the width is called in type names.</summary>
    public string Name => (Scalar == "double" ? "F64" : "F32") + (IsScalar ? "Scalar" : "W" + Bits);

    public string Vector => IsScalar ? Scalar : $"Vector{Bits}<{Scalar}>";

    /// <summary>Whether whole short loops are written out: worth its text where the wide units would wait for the loop.</summary>
    public bool WritesShortLoops => Bits >= 256;

    /// <summary>Vectors side by side in a register tile: 32 registers at 512 bits, 16 below.</summary>
    public int TileVectors => Bits == 512 ? 4 : 2;

    /// <summary>Sums that a tile may hold in registers beside its operands.</summary>
    public int Accumulators => Bits == 512 ? 16 : 8;

    public string Zero => IsScalar ? "0" : "V.Zero";

    public string NegativeInfinity => IsScalar ? $"{Scalar}.NegativeInfinity" : Create($"{Scalar}.NegativeInfinity");

    public string Create(string value) => IsScalar ? value : $"Create({value})";

    // Only 256 and 512 bits imply hardware FMA; below, a fused operation may be a library call, so it is an estimate.
    public string MultiplyAdd(string a, string b, string c) => Bits switch
    {
        0 => $"{Scalar}.MultiplyAddEstimate({a}, {b}, {c})",
        128 => $"MultiplyAddEstimate({a}, {b}, {c})",
        _ => $"FusedMultiplyAdd({a}, {b}, {c})",
    };

    public string Sum(string v) => IsScalar ? v : $"Sum({v})";

    public string Max(string a, string b) => IsScalar ? $"{Scalar}.Max({a}, {b})" : $"Max({a}, {b})";

    public string Largest(string v) => IsScalar ? v : $"Lanes.Largest({v})";

    public string Exp(string v) => IsScalar ? $"{Scalar}.Exp({v})" : $"Exp({v})";

    /// <summary>Keeps the lanes of a row's last, partly filled vector that the mask selects.</summary>
    public string Select(string mask, string v, string otherwise) => $"ConditionalSelect({mask}, {v}, {otherwise})";

    /// <summary>Lanes 0 … rest − 1.</summary>
    public string TailMask(string rest) => $"LessThan(V.Indices, {Create($"({Scalar})({rest})")})";

    /// <summary>What a file in this dialect imports: the alias V, and the operations by their bare names.</summary>
    public IEnumerable<string> Imports => IsScalar
        ? [$"using V = System.{(Scalar == "double" ? "Double" : "Single")};"]
        : [$"using static System.Runtime.Intrinsics.Vector{Bits};", $"using V = System.Runtime.Intrinsics.Vector{Bits}<{Scalar}>;"];

    public string Load(string pointer) => IsScalar ? $"*({pointer})" : $"*(V*)({pointer})";
}
