namespace Unmask.Pipeline;

// What keeps a solver from its answer, and an answer from its verdict.
public static partial class Faults
{
    public static Error TooFewPositions(int tokens, int positions) =>
        Error.New(240, $"The capture has {tokens} tokens, the model has learned only {positions} positions: is it a capture of this model?");

    public static Error VocabularyMismatch(int maps, int heads, int embedding, int d) =>
        Error.New(241, $"The layer has {heads} heads of width d={d}; {maps} maps and an embedding of width {embedding} were given: they must agree.");

    public static Error CongruenceDegenerate(string why) =>
        Error.New(310, $"The closed form did not arrive: {why}. Use an iterative solver.");

    public static Error CongruenceInertia(int positive, int wanted) =>
        Error.New(311, $"The closed form did not arrive: the map has {positive} positive directions, W has {wanted}. Check W, the scale and the layer.");

    public static Error SubspaceHidden(int tokens, int least) =>
        Error.New(320, $"The subspaces did not arrive: so many entries of the maps are stored as zero that all heads see only {tokens} tokens, "
            + $"and {least} are needed. Use an iterative solver.");

    public static Error SubspaceBlind(int d) =>
        Error.New(321, $"The subspaces did not arrive: the weights of these heads are of a rank below d={d}, so some directions of X are not seen at all.");

    public static Error SubspaceGap(double left, double next) =>
        Error.New(322, $"The subspaces did not arrive: one solution must stand out, but the best leaves {Number(left)} and the next {Number(next)}. "
            + "There are too few tokens, the maps are too coarse, or they are not of this layer.");

    public static Error SubspaceSingular() =>
        Error.New(323, "The subspaces did not arrive: the normal matrix is not definite, so the maps or the weights hold numbers beyond double precision.");

    public static Error SubspaceOpposite() =>
        Error.New(324, "The subspaces did not arrive: the maps go against what the weights make of any X. Check the weights, the scale and the layer.");

    public static Error FrontEndDegenerate(string why) =>
        Error.New(341, $"The closed form behind a front end did not arrive: {why}. Check the front end, the known columns and the layer.");

    public static Error ResidualDiverged() =>
        Error.New(342, "The residual stream could not be undone: the states overflow. Check the value weights, the output projection and the layer.");

    public static Error OutputDegenerate(string why) =>
        Error.New(340, $"The linear solution from maps and outputs did not arrive: {why}. Check the value weights, the layer and the observation.");

    public static Error TokensUnexplained(double misfit) =>
        Error.New(350, $"The tokens did not arrive: the best found leave {Number(Math.Round(misfit, 1))} times what noise would of the maps. "
            + "Are the maps of this layer and model? States may be found all the same: use another solver.");

    public static Error WrongStates(int rows, int columns, Dims dims) =>
        Error.New(251, $"States are {rows}x{columns}, the problem has {dims}: give X as d×n.");

    public static Error StatesNotFinite() => Error.New(330, "The answer holds NaN or infinity: the solver diverged.");
}
