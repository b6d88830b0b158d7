using Unmask.Kernels;
using Xunit;

namespace Unmask.PropertyTests.Kernels;

/// <summary>Every piece is done once, by a thread that has a number, and a piece that fails says so without harm to later rounds.</summary>
public class SharedWorkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_piece_is_done_once(int threads)
    {
        var (done, strangers) = (new int[100], 0);
        var work = new SharedWork(
            (piece, thread) =>
            {
                Interlocked.Increment(ref done[piece]);
                if (thread < 0 || thread >= threads) Interlocked.Increment(ref strangers);
            },
            threads);
        for (var round = 0; round < 200; round++)
        {
            var count = round * 37 % 101;
            Array.Clear(done);
            work.Run(count);
            Assert.All(done.Index(), piece => Assert.Equal(piece.Index < count ? 1 : 0, piece.Item));
        }

        Assert.Equal(0, strangers);
    }

    // Short pieces and few: helpers come to the pieces that are left to a thread while it takes them itself.
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    public void Also_where_the_last_are_left_to_the_thread_that_began(int threads, int left)
    {
        const int Rounds = 100_000;
        var done = new int[8 * threads];
        var work = new SharedWork((piece, _) => Interlocked.Increment(ref done[piece]), threads, left);
        for (var round = 1; round <= Rounds; round++)
        {
            work.Run(done.Length);
            if (!done.AsSpan().ContainsAnyExcept(round)) continue;
            Assert.Fail($"after round {round} the pieces were done {string.Join(' ', done)} times");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void What_a_piece_throws_reaches_the_caller_when_all_have_stopped(int threads)
    {
        var (running, fails) = (0, true);
        var work = new SharedWork(
            piece =>
            {
                Interlocked.Increment(ref running);
                Thread.SpinWait(1000);
                Interlocked.Decrement(ref running);
                if (fails && piece % 5 == 0) throw new InvalidOperationException("as it was told");
            },
            threads);
        Assert.ThrowsAny<Exception>(() => work.Run(20));
        Assert.Equal(0, running);
        fails = false;
        work.Run(20);
    }
}
