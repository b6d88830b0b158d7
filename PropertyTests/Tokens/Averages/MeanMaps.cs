using LanguageExt;
using Unmask.Pipeline;
using static LanguageExt.Prelude;

namespace Unmask.PropertyTests.Tokens.Averages;

/// <summary>Maps as those save them who take the mean over heads first.</summary>
internal static class MeanMaps
{
    public static Matrix Of(Seq<Matrix> heads) => Matrix.Create(
        heads.Head.Rows, heads.Head.Columns, (i, j) => heads.Sum(map => map[i, j]) / heads.Count);

    /// <summary>The same problem with the mean in place of the maps, rounded once.</summary>
    public static Problem Averaged(this Problem problem, Precision precision) => problem with
    {
        Observed = Seq1(Of(problem.Observed).Map(p => SyntheticLayer.Store(precision, p))),
        Precision = precision,
        Averaged = true,
    };
}
