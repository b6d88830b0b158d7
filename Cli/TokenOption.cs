using System.CommandLine.Parsing;
using System.Globalization;

namespace Unmask.Cli;

/// <summary>Tokens that the user knows, --token POSITION=TOKEN as often as there are any.</summary>
internal sealed class TokenOption
{
    private const string Name = "--token";

    private readonly Setting<(int Position, string Token)[]> _tokens = new(Name)
    {
        Description = "A token that is known, by its id or exactly as the vocabulary has it: 0=1, 0=[CLS]; may be given several times",
        HelpName = "POSITION=TOKEN",
        CustomParser = argument => [.. argument.Tokens.Select(token => Read(argument, token.Value))],
    };

    public void AddTo(Command command) => command.Add(_tokens);

    /// <summary>The problem with the tokens that the user knows.</summary>
    public Fin<Problem> Known(ParseResult parsed, Checkpoint checkpoint, Problem problem) =>
        Normalise.Knowing(checkpoint, toSeq(parsed.GetValue(_tokens) ?? []).Strict())(problem);

    private static (int, string) Read(ArgumentResult argument, string word)
    {
        var (equals, position) = (word.IndexOf('='), 0);
        var good = equals > 0 && equals < word.Length - 1 && int.TryParse(word.AsSpan(0, equals), NumberStyles.None, CultureInfo.InvariantCulture, out position);
        if (!good) argument.AddError($"{Name} {word} is not possible; choose POSITION=TOKEN, as in 0=1 or 0=[CLS].");
        else if (argument.Tokens.Count(other => other.Value.StartsWith($"{word[..equals]}=", StringComparison.Ordinal)) > 1)
            argument.AddError($"{Name} {word} is not possible; choose one token for position {position}.");
        return good ? (position, word[(equals + 1)..]) : default;
    }
}
