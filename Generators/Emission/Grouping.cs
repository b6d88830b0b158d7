using System;
using System.Collections.Generic;
using System.Linq;

namespace Unmask.Generators.Emission;

/// <summary>
/// How a square matrix of 4 or 8 columns fills the vectors of a dialect: as many rows as fit share one, interleaved. With two rows a vector, the
/// lanes of vector r are c[2r][0], c[2r+1][0], c[2r][1], c[2r+1][1], …: for every column the entries of a group of rows are neighbours. So each
/// multiply-add of a product C = A B is as wide as the vector: C_r += (a[2r][k], a[2r+1][k], again and again) · (b[k][0] twice, b[k][1] twice, …).
/// The first factor is a broadcast of neighbours, the second a shuffle that stays within 128 bits. Two rows of 256 bits stand one after another instead, each in a
/// half, as they do in memory: a broadcast of 128 bits is a row in both halves, and shuffles across halves, slow there, are not needed.
/// </summary>
/// <param name="Dialect">Precision and width.</param>
/// <param name="Size">Rows and columns of a matrix.</param>
internal sealed record Grouping(Dialect Dialect, int Size)
{
    /// <summary>Rows that share a vector.</summary>
    public int Rows => Dialect.Lanes / Size;

    /// <summary>Vectors of a matrix.</summary>
    public int Vectors => Size / Rows;

    /// <summary>Whether there are registers for two right factors: else every multiply-add would read one of them from memory.</summary>
    public bool HoldsTwo => IsWide || 2 * Vectors <= 8;

    /// <summary>Whether rows that share a vector are interleaved.</summary>
    public bool Interleaves => Rows > 1 && IsWide;

    /// <summary>Whether each has a half of it.</summary>
    public bool AreHalves => Rows > 1 && !IsWide;

    /// <summary>Whether a row is a vector and all of a matrix four: then states are held one feature a row.</summary>
    public bool IsFeaturewise => Rows == 1 && Vectors == 4;

    private bool IsDouble => Dialect.Scalar == "double";

    private bool IsWide => Dialect.Bits == 512;

    /// <summary>One vector of a matrix in memory.</summary>
    public string Load(string pointer, int vector) => Dialect.Load(At(pointer, vector * Dialect.Lanes));

    /// <summary>The left factors of one vector of a product, from a matrix that lies interleaved.</summary>
    public IReadOnlyList<string> LeftAt(string pointer, int vector) =>
        [.. Enumerable.Range(0, Size).Select(k => Broadcast(pointer, vector * Dialect.Lanes + k * Rows))];

    /// <summary>The same of its transpose, from a matrix that lies row after row.</summary>
    public IReadOnlyList<string> TransposedLeftAt(string pointer, int vector) =>
        [.. Enumerable.Range(0, Size).Select(k => Broadcast(pointer, k * Size + vector * Rows)).Select(entries => AreHalves ? Spread(entries, 0) : entries)];

    /// <summary>Left factors from vectors of four columns.</summary>
    public IReadOnlyList<string> LeftFrom(IReadOnlyList<string> vectors, int vector) =>
        [.. Enumerable.Range(0, Size).Select(k => BroadcastFrom(vectors[vector], k))];

    /// <summary>The same of the transpose.</summary>
    public IReadOnlyList<string> TransposedLeftFrom(IReadOnlyList<string> vectors, int vector) =>
        [.. Enumerable.Range(0, Size).Select(k => AreHalves ? Spread(Repeat(vectors[k / Rows], k % Rows), vector) : Permute(vectors[k / Rows], Turn(k % Rows, vector)))];

    /// <summary>The locals that <see cref="TransposedLeftFrom"/> asks for.</summary>
    public IEnumerable<string> TurnOrders =>
        from vector in Enumerable.Range(0, Vectors)
        from row in Enumerable.Range(0, Rows)
        select Order(Turn(row, vector), lane => (vector * Rows + lane % Rows) * Rows + row);

    private static string Turn(int row, int vector) => $"turn{row}{vector}";

    // Where a row is a half: for either row of a vector its entry of neighbours. The order is written in place, as it is read from memory and needs no register.
    private string Spread(string entries, int group) => $"Avx.PermuteVar({entries}, {Indices(lane => group * Rows + lane / Size)})";

    // The entries of one group of rows in one column, repeated over the vector, from where they are neighbours.
    private string Broadcast(string pointer, int offset) => (Rows * Dialect.Bytes) switch
    {
        8 when !IsDouble => $"Create(*(double*)({At(pointer, offset)})).AsSingle()",
        16 when IsDouble => $"Avx512DQ.BroadcastVector128ToVector512({At(pointer, offset)})",
        16 => $"Avx512F.BroadcastVector128ToVector512({At(pointer, offset)})",
        _ => $"Create({pointer}[{offset}])",
    };

    private string BroadcastFrom(string vector, int group) =>
        IsWide ? $"Avx512F.Shuffle4x128({vector}, {vector}, 0x{group * 0x55:X2})" : $"Avx.Permute({vector}, 0x{group * 0x55:X2})";

    /// <summary>One of the rows in a vector, every entry as often as there are rows.</summary>
    public string Repeat(string vector, int row) => (Rows, IsDouble, IsWide) switch
    {
        (1, _, _) => vector,
        (_, true, _) => $"Avx512F.Permute2x64({vector}, 0x{row * 0xFF:X2})",
        (_, _, true) => $"Avx512F.Permute4x32({vector}, {Repeated(row)})",
        _ => Halves(vector, vector, high: row > 0),
    };

    /// <summary>The same of a row in memory, where a row is a half: no more than a broadcast.</summary>
    public string RepeatAt(string pointer, int row) => $"Avx.BroadcastVector128ToVector256({At(pointer, row * Size)})";

    /// <summary>Whether a row is repeated from where it lies, without interleaving it first. With four rows there would be four orders to hold, and at 4×4 it gains nothing.</summary>
    public bool RepeatsFromRows => Rows == 2 && Size == 8;

    /// <summary>One of the rows that lie one after another in a vector, every entry as often as there are rows.</summary>
    public string RepeatFromRows(string vector, int row) => Permute(vector, $"repeat{row}");

    /// <summary>The locals that <see cref="RepeatFromRows"/> asks for.</summary>
    public IEnumerable<string> RepeatOrders => Enumerable.Range(0, RepeatsFromRows ? Rows : 0).Select(row => Order($"repeat{row}", lane => row * Size + lane / Rows));

    /// <summary>In every lane, the entry of the row that lies so many rows away, round and round: what sums down columns are made with.</summary>
    public string Rotate(string vector, int rows) => (IsDouble, IsWide) switch
    {
        (true, _) => $"Avx512F.Permute2x64({vector}, 0x55)",
        (_, true) => $"Avx512F.Permute4x32({vector}, {(rows == 1 ? "0xB1" : "0x4E")})",
        _ => $"Avx.Permute2x128({vector}, {vector}, 0x01)",
    };

    /// <summary>Writes a local that has, in every lane, what all entries of its column come to: first of so many vectors as an expression, then of the neighbours in a group.</summary>
    public string Column(CodeWriter code, string name, string ofVectors, Func<string, string, string>? join = null)
    {
        code.Line($"V {name} = {ofVectors};");
        for (var rows = 1; rows < Rows; rows *= 2) code.Line($"{name} = {(join ?? Plus)(name, Rotate(name, rows))};");
        return name;
    }

    /// <summary>In every lane the greatest magnitude there; of wide vectors by one instruction for two of them.</summary>
    public string Farthest(IReadOnlyList<string> vectors) => vectors.Count == 1 || Dialect.Bits < 512
        ? GroupedProduct.Tree([.. vectors.Select(v => $"Abs({v})")], Dialect.Max)
        : GroupedProduct.Tree(vectors, (a, b) => $"Avx512DQ.Range({a}, {b}, 0x0B)");

    /// <summary>The sum of all lanes of a local. By halves of halves, which is fewer steps than the runtime takes.</summary>
    public string Sum(CodeWriter code, string local)
    {
        if (!IsWide) return $"Vector128.Sum({local}.GetLower() + {local}.GetUpper())";
        code.Line($"var {local}Half = {local}.GetLower() + {local}.GetUpper();");
        return $"Vector128.Sum({local}Half.GetLower() + {local}Half.GetUpper())";
    }

    /// <summary>A vector of whole rows, one after another, from one of interleaved rows.</summary>
    public string Separate(string vector) => Permute(vector, "separate");

    /// <summary>And back.</summary>
    public string Interleave(string vector) => Permute(vector, "interleave");

    /// <summary>The local that <see cref="Separate"/> asks for. A property in its place would be called anew each time once a method has many of them.</summary>
    public string SeparateOrder => Order("separate", lane => lane % Size * Rows + lane / Size);

    /// <summary>The local that <see cref="Interleave"/> asks for.</summary>
    public string InterleaveOrder => Order("interleave", lane => lane % Rows * Size + lane / Rows);

    private string Permute(string vector, string order) => Interleaves ? $"Avx512F.PermuteVar{Dialect.Lanes}x{Dialect.Bytes * 8}({vector}, {order})" : vector;

    /// <summary>The low or the high halves of two vectors of 256 bits.</summary>
    public static string Halves(string first, string second, bool high) => $"Avx.Permute2x128({first}, {second}, {(high ? "0x31" : "0x20")})";

    /// <summary>A local that holds an order: for every lane, where it comes from.</summary>
    public string Order(string name, Func<int, int> from) => $"Vector{Dialect.Bits}<{(IsDouble ? "long" : "int")}> {name} = {Indices(from)};";

    private static string Plus(string a, string b) => $"{a} + {b}";

    private static string At(string pointer, int offset) => offset == 0 ? pointer : $"{pointer} + {offset}";

    private string Indices(Func<int, int> from) => $"Create({string.Join(", ", Enumerable.Range(0, Dialect.Lanes).Select(lane => from(lane) + (IsDouble ? "L" : "")))})";

    private string Repeated(int row) => Rows == 4 ? $"0x{row * 0x55:X2}" : row == 0 ? "0xA0" : "0xF5";
}
