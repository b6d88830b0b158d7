using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>How one precision at one vector width is written in C#: the only place that knows intrinsics.</summary>
/// <param name="Scalar">double or float.</param>
/// <param name="Bits">Width of a vector; 0 for plain numbers.</param>
/// <param name="PerLane">Whether the lanes of a vector are the same entry of different problems, instead of neighbours of one row.</param>
public sealed record Dialect(string Scalar, int Bits, bool PerLane = false)
{
    private static readonly string[] Scalars = ["double", "float"];
    private static readonly int[] Widths = [512, 256, 128];

    public static IReadOnlyList<Dialect> All { get; } =
    [
        .. from scalar in Scalars from bits in Widths.Append(0) select new Dialect(scalar, bits),
        .. from scalar in Scalars from bits in Widths select new Dialect(scalar, bits, PerLane: true),
    ];

    public bool IsScalar => Bits == 0;

    /// <summary>Whether a vector holds several entries of one row, so that rows have partly filled ends.</summary>
    public bool HasTails => !IsScalar && !PerLane;

    /// <summary>Whether it is one of rows, as wide as processors that fuse multiply-adds have: what is written for speed alone is written for these.</summary>
    public bool IsWide => HasTails && Bits >= 256;

    /// <summary>Whether products into one target have tiles of their own: where there are registers for sixteen rows.</summary>
    public bool SumsUp => IsWide && Bits == 512;

    /// <summary>Whether its widest tiles take factors that are copied into the order in which they are read: narrower vectors read them twice as often, from beyond the second cache.</summary>
    public bool TakesPacked => IsWide && Bits == 256;

    public int Bytes => Scalar == "double" ? 8 : 4;

    /// <summary>Numbers in a vector.</summary>
    public int Lanes => IsScalar ? 1 : Bits / 8 / Bytes;

    /// <summary>Columns of a matrix in a vector.</summary>
    public int Columns => PerLane ? 1 : Lanes;

    /// <summary>Numbers from one entry of a row to the next.</summary>
    public int Pitch => PerLane ? Lanes : 1;

    /// <summary>F64W512, F32Scalar, F32Lanes512, …: how the dialect is called in type names.</summary>
    public string Name => (Scalar == "double" ? "F64" : "F32") + (IsScalar ? "Scalar" : PerLane ? "Lanes" + Bits : "W" + Bits);

    public string Description => (IsScalar ? "scalar" : Bits + "-bit") + " " + Scalar + (PerLane ? ", one problem a lane" : "");

    /// <summary>The next narrower dialect, for matrices whose rows do not fill a vector; null where there is none.</summary>
    public Dialect? Narrower => !HasTails ? null : Bits / 2 < 4 * Bytes * 8 ? null : this with { Bits = Bits / 2 };

    /// <summary>Widths of a register tile in vectors, widest first: 32 registers at 512 bits, 16 below.</summary>
    public IEnumerable<int> TileVectors => PerLane ? Bits == 512 ? [4, 1] : [2, 1] : Bits == 512 ? [4, 3, 2, 1] : [2, 1];

    /// <summary>Rows of a register tile of so many vectors, tallest first: enough sums to keep the units busy. Six rows come in pairs, as rows are padded to four.</summary>
    public IEnumerable<int> TileRows(int vectors) => (Bits == 512, vectors) switch
    {
        (true, 4) => [4],
        (true, 1) when !PerLane => [16, 8, 4],
        (true, 3) => [4],
        (true, _) => [8, 4],
        (false, 2) when Bits == 256 && !PerLane => [6, 4],
        (false, 2) => [4],
        _ => [8, 4],
    };

    /// <summary>Steps of the inner loop written one after another: enough multiply-adds for its counters to hide behind. None of sums, whose tiles are tall enough in one step.</summary>
    internal int Unroll(int rows, int vectors, TileKind kind) => kind == TileKind.Sum ? 0 : Bits >= 256 && rows * vectors < 16 ? 4 : 2;

    /// <summary>
    /// Rows of a tile whose entries are read two at a time. A tile of one vector reads an entry for every multiply-add and the vector besides, one more than a
    /// processor that reads and multiplies twice a cycle can; two entries by one reading make up for it.
    /// </summary>
    internal int RowsInTwos(int rows, int vectors, TileKind kind) => SumsUp && vectors == 1 && rows == TileRows(1).First() && kind != TileKind.Twin ? 2 : 0;

    /// <summary>Whether a tile asks for what the next one will need, where that may lie far: those that nearly all of a large product is made of.</summary>
    internal bool LooksAhead(int rows, int vectors, TileKind kind) =>
        IsWide && kind == TileKind.Single && vectors == TileVectors.First() && rows == TileRows(vectors).First();

    public string Zero => IsScalar ? "0" : "V.Zero";

    public string One => IsScalar ? "1" : "V.One";

    public string NegativeInfinity => IsScalar ? $"{Scalar}.NegativeInfinity" : Create($"{Scalar}.NegativeInfinity");

    /// <summary>A number in this precision.</summary>
    public string Literal(double value) => $"({Scalar}){value.ToString("R", CultureInfo.InvariantCulture)}";

    /// <summary>The same number in all lanes.</summary>
    public string Number(double value) => Create(Literal(value));

    /// <summary>Where a column begins, in numbers.</summary>
    public string Place(string column) => Pitch == 1 ? column : $"{column} * {Pitch}";

    public string Create(string value) => IsScalar ? value : $"Create({value})";

    /// <summary>Asks for a line of memory that will be needed soon; what lies past the end of a matrix does no harm.</summary>
    public string Prefetch(string pointer) => $"Sse.Prefetch0({pointer});";

    /// <summary>One entry of the left factor, in every lane.</summary>
    public string Broadcast(string pointer) => PerLane ? Load(pointer) : Create($"*({pointer})");

    /// <summary>Two neighbouring entries of the left factor, by turns in all lanes; <see cref="First"/> and <see cref="Second"/> take them apart.</summary>
    public string BroadcastTwo(string pointer) => Scalar == "double" ? $"Avx512DQ.BroadcastVector128ToVector512({pointer})" : $"Vector512.Create(*(double*)({pointer})).AsSingle()";

    public string First(string two) => $"Avx512F.DuplicateEvenIndexed({two})";

    public string Second(string two) => Scalar == "double" ? $"Avx512F.Permute2x64({two}, 0xFF)" : $"Avx512F.DuplicateOddIndexed({two})";

    // Only 256 and 512 bits imply hardware FMA; below, a fused operation may be a library call, so it is an estimate.
    public string MultiplyAdd(string a, string b, string c) => Bits switch
    {
        0 => $"{Scalar}.MultiplyAddEstimate({a}, {b}, {c})",
        128 => $"MultiplyAddEstimate({a}, {b}, {c})",
        _ => $"FusedMultiplyAdd({a}, {b}, {c})",
    };

    /// <summary>a b − c, of 256 or 512 bits: the runtime would negate c in a step of its own.</summary>
    public string MultiplySubtract(string a, string b, string c) => $"{(Bits == 512 ? "Avx512F.FusedMultiplySubtract" : "Fma.MultiplySubtract")}({a}, {b}, {c})";

    /// <summary>c − a b, likewise.</summary>
    public string NegatedMultiplyAdd(string a, string b, string c) => $"{(Bits == 512 ? "Avx512F.FusedMultiplyAddNegated" : "Fma.MultiplyAddNegated")}({a}, {b}, {c})";

    /// <summary>The larger of two; the second where one of them is not a number. One instruction, where Math's own rules for signs of zero take four.</summary>
    public string Max(string a, string b) => IsScalar ? $"{Scalar}.MaxNative({a}, {b})" : $"MaxNative({a}, {b})";

    public string Exp(string v) => IsScalar ? $"{Scalar}.Exp({v})" : $"Exp({v})";

    public string Log(string v) => IsScalar ? $"{Scalar}.Log({v})" : $"Log({v})";

    /// <summary>Keeps the lanes that a mask selects.</summary>
    public string Select(string mask, string v, string otherwise) => $"ConditionalSelect({mask}, {v}, {otherwise})";

    /// <summary>What a file in this dialect imports: the alias V, and the operations by their bare names.</summary>
    public IEnumerable<string> Imports => IsScalar
        ? [$"using V = System.{(Scalar == "double" ? "Double" : "Single")};"]
        : [$"using static System.Runtime.Intrinsics.Vector{Bits};", $"using V = System.Runtime.Intrinsics.Vector{Bits}<{Scalar}>;"];

    public string Load(string pointer) => IsScalar ? $"*({pointer})" : $"*(V*)({pointer})";
}
