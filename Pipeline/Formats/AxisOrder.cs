namespace Unmask.Pipeline.Formats;

/// <summary>The same tensor with its first axis contiguous (Fortran) or its last (row-major).</summary>
internal static class AxisOrder
{
    public static double[] FortranToRowMajor(Seq<long> shape, double[] values) =>
        Reorder(shape, (rowMajor, fortran, target) => target[rowMajor] = values[fortran], values.Length);

    public static double[] RowMajorToFortran(Seq<long> shape, double[] values) =>
        Reorder(shape, (rowMajor, fortran, target) => target[fortran] = values[rowMajor], values.Length);

    private static double[] Reorder(Seq<long> shape, Action<int, int, double[]> move, int count)
    {
        var target = new double[count];
        var lengths = shape.ToArray();
        var index = new long[lengths.Length];
        for (var rowMajor = 0; rowMajor < count; rowMajor++)
        {
            var fortran = 0L;
            for (var axis = lengths.Length - 1; axis >= 0; axis--) fortran = fortran * lengths[axis] + index[axis];
            move(rowMajor, (int)fortran, target);
            for (var axis = lengths.Length - 1; axis >= 0 && ++index[axis] == lengths[axis]; axis--) index[axis] = 0;
        }

        return target;
    }
}
