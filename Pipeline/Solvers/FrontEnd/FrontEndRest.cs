namespace Unmask.Pipeline.Solvers;

/// <summary>
/// F M from F L: linear, from the rows and the columns of the map that K speaks in. docs/output.md (O15). An F L that is a few per cent off makes
/// both contradict each other, and its weak directions would multiply that: features are held to the size of those of F L.
/// </summary>
internal static class FrontEndRest
{
    /// <summary>F, f×n.</summary>
    public static Matrix Features(FrontEndFrame frame, Matrix inner)
    {
        var known = frame.K * frame.M;
        var (seen, size) = (inner.Transpose(), inner.FrobeniusNorm() / Math.Sqrt(inner.Values.Length));
        var (left, right) = (seen * frame.W11, frame.Rows - seen * (frame.W12 * known));
        var (leftAgain, rightAgain) = (seen * frame.W11.Transpose(), frame.Columns - seen * (frame.W21.Transpose() * known));
        var along = Solve(Stack(left, leftAgain), Stack(right, rightAgain), size);
        // Centred rows do not show the mean, which is the first column of M.
        if (frame.Target.Centred)
        {
            var mean = Solve(leftAgain, Matrix.Create(rightAgain.Rows, 1, (i, _) => rightAgain[i, 0]), size);
            along = Matrix.Create(along.Rows, along.Columns, (i, c) => c == 0 ? mean[i, 0] : along[i, c]);
        }

        return inner * frame.L.Transpose() + along * frame.M.Transpose();
    }

    // min ‖A Y − B‖² + ρ²‖Y‖², ρ the contradiction that is left without it, per number, over the expected size of a feature.
    private static Matrix Solve(Matrix a, Matrix b, double size)
    {
        var loose = HouseholderQr.Of(a).Solve(b);
        var left = (a * loose - b).FrobeniusNorm() / Math.Sqrt(b.Values.Length);
        var ridge = left / size;
        return HouseholderQr.Of(Stack(a, ridge * Matrix.Identity(a.Columns))).Solve(Stack(b, Matrix.Create(a.Columns, b.Columns, (_, _) => 0)));
    }

    private static Matrix Stack(Matrix a, Matrix b) =>
        Matrix.Create(a.Rows + b.Rows, a.Columns, (i, j) => i < a.Rows ? a[i, j] : b[i - a.Rows, j]);
}
