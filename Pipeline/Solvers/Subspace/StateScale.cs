using MathNet.Numerics;

namespace Unmask.Pipeline.Solvers;

/// <summary>
/// The factor c that states known up to it need, from the scores: with biases S(cX) = c²A + cB + D, and the squares that are left of the maps,
/// rows centred, are a quartic in c. docs/subspace.md (S11).
/// </summary>
internal static class StateScale
{
    /// <summary>The best factor, for states with columns at the given tokens; the positive one where both signs serve alike.</summary>
    public static Fin<double> Of(AttentionLayer layer, Seq<WeightedBlock> maps, Matrix x, IReadOnlyList<int> tokens)
    {
        var sums = new Sums();
        for (var index = 0; index < layer.Heads.Count; index++)
        {
            var (head, map) = (layer.Heads[index], maps[index]);
            var (plus, minus, zero) = (Forward.Scores(layer, head, x), Forward.Scores(layer, head, -1 * x), Forward.Scores(layer, head, 0 * x));
            foreach (var i in tokens)
            {
                var seen = tokens.Where(j => map.Weights[i, j] > 0).ToArray();
                if (seen.Length < 2) continue;
                var w = seen.Select(j => map.Weights[i, j] * map.Weights[i, j]).ToArray();
                var g = Centred(w, seen.Select(j => map.Values[i, j] - zero[i, j]));
                var a = Centred(w, seen.Select(j => 0.5 * (plus[i, j] + minus[i, j]) - zero[i, j]));
                var b = Centred(w, seen.Select(j => 0.5 * (plus[i, j] - minus[i, j])));
                for (var k = 0; k < w.Length; k++) sums.Add(w[k], g[k], a[k], b[k]);
            }
        }

        return sums.Best() is { } c ? c : Faults.SubspaceOpposite();
    }

    private static double[] Centred(double[] w, IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Zip(w, (v, u) => v * u).Sum() / w.Sum();
        return [.. all.Select(v => v - mean)];
    }

    private sealed class Sums
    {
        private double _aa, _ab, _bb, _ga, _gb;

        public void Add(double w, double g, double a, double b)
        {
            (_aa, _ab, _bb) = (_aa + w * a * a, _ab + w * a * b, _bb + w * b * b);
            (_ga, _gb) = (_ga + w * g * a, _gb + w * g * b);
        }

        // Where 0 is the best factor, the maps go against the weights.
        public double? Best()
        {
            if (_bb <= 1e-24 * _aa) return _ga > 0 ? Math.Sqrt(_ga / _aa) : null;
            var (r0, r1, r2) = FindRoots.Cubic(_gb, 2 * _ga - _bb, -3 * _ab, -2 * _aa);
            var best = new[] { r0, r1, r2 }.Where(r => Math.Abs(r.Imaginary) <= 1e-6 * r.Magnitude).Select(r => Polished(r.Real)).MinBy(Lost);
            return Lost(best) < 0 ? best : null;
        }

        // Less what c = 0 leaves.
        private double Lost(double c) => c * (c * (c * (c * _aa + 2 * _ab) + _bb - 2 * _ga) - 2 * _gb);

        private double Polished(double c)
        {
            for (var k = 0; k < 3; k++)
            {
                var (slope, bend) = (_gb + c * (2 * _ga - _bb - c * (3 * _ab + 2 * c * _aa)), 2 * _ga - _bb - c * (6 * _ab + 6 * c * _aa));
                if (bend != 0) c -= slope / bend;
            }

            return c;
        }
    }
}
