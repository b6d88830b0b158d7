using System.Globalization;
using Unmask.Pipeline.Solvers;

namespace Unmask.Pipeline;

/// <summary>Tokens that a user knows, as they are written, become what solvers know: ids for a search, and at layer 0 whole columns of X.</summary>
internal static class KnownTokens
{
    /// <summary>The problem with these tokens, position to id or piece; all that is wrong with them is reported together.</summary>
    public static Fin<Problem> Within(Checkpoint checkpoint, Problem problem, Seq<(int Position, string Token)> written) =>
        written.IsEmpty ? problem
        : from vocabulary in checkpoint.Vocabulary.ToFin(Faults.NoWords(checkpoint.Name))
          from read in Door.Require(
              problem.Vocabulary.IsSome || problem.Model.Exists(read => read().IsSucc), () => Faults.UnreadByTokens(problem.Name))
          from tokens in written.Map(one => Door.Both(Placed(problem, one.Position), Id(checkpoint, vocabulary, one)).Map(both => (one.Position, both.Second))).All()
          select Told(problem, tokens);

    private static Fin<Unit> Placed(Problem problem, int position) =>
        Door.Require(position < problem.Dims.N, () => Faults.NoSuchPlace(problem.Name, position, problem.Dims.N));

    // What is a number is an id, also where a piece is written so.
    private static Fin<int> Id(Checkpoint checkpoint, Vocabulary vocabulary, (int Position, string Token) written) =>
        from id in int.TryParse(written.Token, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? FinSucc(number)
            : checkpoint.Tokenizer.Bind(tokenizer => tokenizer.Id(written.Token))
                .ToFin(Faults.NoSuchPiece(checkpoint.Name, written.Token, checkpoint.Tokenizer.IsSome))
        from there in Door.Require(id < vocabulary.Size, () => Faults.NoSuchToken(id, written.Position, vocabulary.Size))
        select id;

    private static Problem Told(Problem problem, Seq<(int Position, int Id)> tokens) => tokens.Fold(problem, (sofar, token) => sofar with
    {
        KnownTokens = sofar.KnownTokens.AddOrUpdate(token.Position, token.Id),
        Known = sofar.Vocabulary.Match(
            Some: vocabulary => sofar.Known.AddOrUpdate(token.Position, TokenStates.One(vocabulary, token.Id, token.Position)),
            None: () => sofar.Known),
    });
}
