using System.CommandLine.Parsing;
using System.Globalization;

namespace Unmask.Cli;

/// <summary>Words and numbers on the command line to values; anything else is a usage error that lists what is possible.</summary>
internal static class Choices
{
    public static Setting<A> Named<A>(string name, string description, string help, params (string Word, A Value)[] choices) => new(name)
    {
        Description = description,
        HelpName = help,
        CustomParser = argument =>
        {
            var word = argument.Tokens[0].Value;
            var chosen = choices.Where(choice => choice.Word == word).Select(choice => choice.Value).ToArray();
            return chosen.Length == 1 ? chosen[0] : Refuse<A>(argument, name, word, string.Join(", ", choices.Select(choice => choice.Word)));
        },
    };

    /// <summary>auto is no precision at all: the values tell.</summary>
    public static Setting<Precision?> Precision() => new("--precision")
    {
        Description = "What the numbers were rounded to [default: auto, told from the values]",
        HelpName = "auto|f64|f32|f16|bf16|decimals:K",
        CustomParser = argument =>
        {
            var word = argument.Tokens[0].Value;
            return word switch
            {
                "auto" => null,
                "f64" => Pipeline.Precision.Float64,
                "f32" => Pipeline.Precision.Float32,
                "f16" => Pipeline.Precision.Float16,
                "bf16" => Pipeline.Precision.BFloat16,
                _ when word.StartsWith("decimals:", StringComparison.Ordinal)
                    && int.TryParse(word.AsSpan(9), NumberStyles.None, CultureInfo.InvariantCulture, out var digits)
                    && digits is >= 1 and <= 15 => Pipeline.Precision.Decimals(digits),
                _ => Refuse<Precision?>(argument, "--precision", word, "auto, f64, f32, f16, bf16, decimals:K with K from 1 to 15"),
            };
        },
    };

    public static Setting<int?> Whole(string name, string description, int least) => new(name)
    {
        Description = description,
        HelpName = "K",
        CustomParser = argument =>
        {
            var word = argument.Tokens[0].Value;
            return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least
                ? value
                : Refuse<int?>(argument, name, word, $"a whole number, at least {least}");
        },
    };

    public static Setting<ulong> Seed() => new("--seed")
    {
        Description = "Where random starts come from; the same seed gives the same answer [default: 0]",
        HelpName = "K",
        CustomParser = argument =>
        {
            var word = argument.Tokens[0].Value;
            return ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? value
                : Refuse<ulong>(argument, "--seed", word, "a whole number, at least 0");
        },
    };

    public static Setting<double?> Number(string name, string description, string help, Func<double, bool> holds, string rule) => new(name)
    {
        Description = description,
        HelpName = help,
        CustomParser = argument =>
        {
            var word = argument.Tokens[0].Value;
            return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && holds(value)
                ? value
                : Refuse<double?>(argument, name, word, rule);
        },
    };

    private static A Refuse<A>(ArgumentResult argument, string name, string word, string possible)
    {
        argument.AddError($"{name} {word} is not possible; choose {possible}.");
        return default!;
    }
}
