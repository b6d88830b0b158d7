namespace Unmask.Pipeline;

/// <summary>Stages put one after another: <c>load &gt;&gt; normalise &gt;&gt; invert &gt;&gt; verify</c>. The first failure is the result.</summary>
public static class Composition
{
    extension<A, B, C>(Func<A, Fin<B>>)
    {
        public static Func<A, Fin<C>> operator >>(Func<A, Fin<B>> first, Func<B, Fin<C>> second) => input => first(input).Bind(second);
    }
}
