namespace Unmask.Pipeline.Solvers;

/// <summary>The cheapest one-to-one assignment of rows to columns, by shortest augmenting paths (Jonker and Volgenant), O(n³).</summary>
internal static class Assignment
{
    /// <summary>For every row its column.</summary>
    public static int[] Solve(int size, Func<int, int, double> cost)
    {
        // Row and column 0 are a sentinel: the row being placed hangs there.
        var (rowPrice, columnPrice) = (new double[size + 1], new double[size + 1]);
        var (rowOf, cameFrom) = (new int[size + 1], new int[size + 1]);
        for (var row = 1; row <= size; row++)
        {
            rowOf[0] = row;
            var column = 0;
            var slack = new double[size + 1];
            var done = new bool[size + 1];
            System.Array.Fill(slack, double.PositiveInfinity);
            while (rowOf[column] != 0)
            {
                done[column] = true;
                var (current, next, least) = (rowOf[column], 0, double.PositiveInfinity);
                for (var j = 1; j <= size; j++)
                {
                    if (done[j]) continue;
                    var reduced = cost(current - 1, j - 1) - rowPrice[current] - columnPrice[j];
                    if (reduced < slack[j]) (slack[j], cameFrom[j]) = (reduced, column);
                    if (slack[j] < least) (least, next) = (slack[j], j);
                }

                for (var j = 0; j <= size; j++)
                {
                    if (!done[j]) slack[j] -= least;
                    else
                    {
                        rowPrice[rowOf[j]] += least;
                        columnPrice[j] -= least;
                    }
                }

                column = next;
            }

            for (; column != 0; column = cameFrom[column]) rowOf[column] = rowOf[cameFrom[column]];
        }

        var columnOf = new int[size];
        for (var j = 1; j <= size; j++) columnOf[rowOf[j] - 1] = j - 1;
        return columnOf;
    }
}
