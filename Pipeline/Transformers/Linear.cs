namespace Unmask.Pipeline.Transformers;

/// <summary>x ↦ xW + b for rows x: <paramref name="Weight"/> is in×out, <paramref name="Bias"/> has length out.</summary>
public sealed record Linear(Matrix Weight, Option<Seq<double>> Bias)
{
    public int Inputs => Weight.Rows;

    public int Outputs => Weight.Columns;

    /// <summary>The outputs from <paramref name="start"/> on, <paramref name="count"/> of them.</summary>
    public Linear Columns(int start, int count) => new(
        Matrix.Create(Weight.Rows, count, (i, c) => Weight[i, start + c]),
        Bias.Map(bias => bias.Skip(start).Take(count).Strict()));
}
