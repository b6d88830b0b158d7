namespace Unmask.Pipeline.Solvers;

/// <summary>Rows and columns of a block, in order, at all of whose crossings something sufficiently exact was seen.</summary>
internal sealed record CompleteBlock(IReadOnlyList<int> Rows, IReadOnlyList<int> Columns)
{
    /// <summary>
    /// Leaves out whatever lacks the largest share of its entries, a row or a column, until none is missing. A row or column is spared
    /// as long as there are no more than the given number of them; none where that cannot be.
    /// </summary>
    /// <param name="least">The weight from which on an entry counts as seen.</param>
    public static CompleteBlock? Of(WeightedBlock block, double least, int fewestRows, int fewestColumns)
    {
        var (rows, columns) = (Enumerable.Range(0, block.Rows).ToList(), Enumerable.Range(0, block.Columns).ToList());
        bool Missing(int i, int j) => !(block.Weights[i, j] >= least);
        var inRow = rows.Select(i => columns.Count(j => Missing(i, j))).ToArray();
        var inColumn = columns.Select(j => rows.Count(i => Missing(i, j))).ToArray();
        while (true)
        {
            if (rows.Count < fewestRows || columns.Count < fewestColumns) return null;
            var (row, column) = (rows.MaxBy(i => inRow[i]), columns.MaxBy(j => inColumn[j]));
            if (inRow[row] == 0) return new CompleteBlock(rows, columns);
            var byRow = columns.Count <= fewestColumns
                || (rows.Count > fewestRows && (long)inRow[row] * rows.Count >= (long)inColumn[column] * columns.Count);
            if (byRow)
            {
                rows.Remove(row);
                foreach (var j in columns) inColumn[j] -= Missing(row, j) ? 1 : 0;
            }
            else
            {
                columns.Remove(column);
                foreach (var i in rows) inRow[i] -= Missing(i, column) ? 1 : 0;
            }
        }
    }
}
