using Unmask.Pipeline.Formats;

namespace Unmask.Pipeline;

/// <summary>
/// The precision that numbers were rounded to, told from the lattice they lie on: a file of float32 may hold values that were
/// bfloat16, or printed with four decimals, before they were saved.
/// </summary>
public static class PrecisionOf
{
    // A coarser lattice is believed only when values of the stored type would all lie on it by accident once in 2³² times.
    private const double EnoughBits = 32;

    // More than enough witnesses; a large capture need not be sorted for them.
    private const int MostWitnesses = 1024;

    private static readonly Seq<Lattice> CoarsestFirst =
        toSeq(Enumerable.Range(1, 6)).Map(Lattice.OfDecimals).Append(Seq(
            new Lattice(Precision.BFloat16, BFloat16.Round, IsExact: true),
            new Lattice(Precision.Float16, value => (double)(Half)value, IsExact: true),
            new Lattice(Precision.Float32, value => (float)value, IsExact: true))).Strict();

    /// <summary>
    /// The coarsest of decimals 1–6, bf16, f16 and f32 on which every finite value lies and that is coarser than <paramref name="stored"/>
    /// for every one of them; <paramref name="stored"/> itself where there is none, or where too few distinct values speak for it.
    /// </summary>
    public static Precision Values(Seq<Matrix> observed, Precision stored)
    {
        var witnesses = Witnesses(observed);
        return CoarsestFirst
            .Find(lattice => Bits(lattice, witnesses, stored) >= EnoughBits && observed.ForAll(matrix => Holds(lattice, matrix, stored)))
            .Match(Some: lattice => lattice.Precision, None: () => stored);
    }

    // 0 and ±1 lie on every lattice and powers of two on every binary one: softmax makes them, they tell nothing.
    private static double[] Witnesses(Seq<Matrix> observed)
    {
        var distinct = new System.Collections.Generic.HashSet<double>();
        foreach (var matrix in observed)
            foreach (var value in matrix.Values)
            {
                if (distinct.Count == MostWitnesses) return [.. distinct];
                if (value != 0 && double.IsFinite(value) && !double.IsPow2(Math.Abs(value))) distinct.Add(value);
            }

        return [.. distinct];
    }

    // How unlikely it is that values of the stored type all lie on the lattice: the spacings' ratio is one value's chance.
    private static double Bits(Lattice lattice, double[] witnesses, Precision stored) =>
        witnesses.Sum(value => Math.Max(0, Math.Log2(lattice.Precision.RoundingError(value) / Slack(value, stored))));

    private static bool Holds(Lattice lattice, Matrix matrix, Precision stored)
    {
        foreach (var value in matrix.Values)
        {
            if (value == 0 || !double.IsFinite(value)) continue;
            // Numbers that the stored type rounds more coarsely than the lattice would be promised a precision they do not have.
            if (lattice.Precision.RoundingError(value) < stored.RoundingError(value)) return false;
            var distance = Math.Abs(lattice.Round(value) - value);
            if (distance > (lattice.IsExact ? 0 : Slack(value, stored))) return false;
        }

        return true;
    }

    // k·10⁻ᵈ is not a binary number: storing it costs half a spacing, and computing it in that type as much again.
    private static double Slack(double value, Precision stored) => 2 * stored.RoundingError(value);

    private sealed record Lattice(Precision Precision, Func<double, double> Round, bool IsExact)
    {
        public static Lattice OfDecimals(int digits) => new(Precision.Decimals(digits), value => Math.Round(value, digits), IsExact: false);
    }
}
