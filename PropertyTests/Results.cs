using LanguageExt;
using LanguageExt.Common;
using Xunit.Sdk;

namespace Unmask.PropertyTests;

/// <summary>What a test expects of a Fin: the value, or the failure.</summary>
internal static class Results
{
    public static A Value<A>(this Fin<A> result) =>
        result.Match(Succ: value => value, Fail: error => throw new XunitException($"Unexpected failure: {error}"));

    /// <summary>The single sentences of a failure, one for everything that is wrong.</summary>
    public static Error[] Errors<A>(this Fin<A> result) => result.Match(
        Succ: value => throw new XunitException($"A failure was expected, not {value}"),
        Fail: error => error is ManyErrors many ? many.Errors.ToArray() : [error]);
}
