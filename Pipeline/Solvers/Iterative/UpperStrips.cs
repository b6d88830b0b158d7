using System.Runtime.CompilerServices;
using Unmask.Kernels;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The upper triangle of a size×size matrix as strips of columns, each by itself down to its block on the diagonal: rows of a strip lie side by
/// side, where those of the whole matrix would be a page apart. What lies below the diagonal within a block is anybody's.
/// </summary>
internal sealed class UpperStrips
{
    // A block, a piece of what is above it and as much of another strip stay in the second cache. A small matrix stays there as it is.
    private const int Usual = 192;
    private const int Small = 320;

    private readonly PaddedMatrix<double>[] _strips;

    public UpperStrips(int size)
    {
        (Size, Width) = (size, size <= Small ? size : Usual);
        _strips = new PaddedMatrix<double>[(size + Width - 1) / Width];
        for (var s = 0; s < _strips.Length; s++)
        {
            var end = Math.Min(size, (s + 1) * Width);
            _strips[s] = new PaddedMatrix<double>(end, end - s * Width);
        }
    }

    public int Size { get; }

    /// <summary>Columns of a strip, and rows and columns of a block on the diagonal; the last of them may have fewer.</summary>
    public int Width { get; }

    /// <summary>How many strips, and blocks on the diagonal, there are.</summary>
    public int Count => _strips.Length;

    /// <summary>Strip number s: rows 0…end × columns Width·s…end.</summary>
    public MatrixView<double> Strip(int s) => _strips[s];

    /// <summary>Writes one row from its diagonal entry on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SetRow(int row, ReadOnlySpan<double> fromDiagonal)
    {
        for (var (s, column) = (row / Width, row % Width); s < Count; s++, column = 0)
        {
            var target = _strips[s].Row(row)[column..];
            fromDiagonal[..target.Length].CopyTo(target);
            fromDiagonal = fromDiagonal[target.Length..];
        }
    }
}
