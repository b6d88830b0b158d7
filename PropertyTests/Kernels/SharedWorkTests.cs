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
    public void Also_where_half_is_taken_at_once_and_the_last_are_left(int threads, int least)
    {
        const int Rounds = 100_000;
        var done = new int[8 * threads];
        var work = SharedWork.InHalves(
            (first, end, _) =>
            {
                for (; first < end; first++) Interlocked.Increment(ref done[first]);
            },
            threads,
            least);
        for (var round = 1; round <= Rounds; round++)
        {
            work.Run(done.Length);
            if (!done.AsSpan().ContainsAnyExcept(round)) continue;
            Assert.Fail($"after round {round} the pieces were done {string.Join(' ', done)} times");
        }
    }

    // A thread that comes late to a round still holds the work of then. Now and then a pause puts all to sleep.
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Works_that_take_turns_with_a_crew_keep_their_pieces_apart(int threads)
    {
        const int Rounds = 30_000;
        var done = Enumerable.Range(0, 3).Select(_ => new int[40]).ToArray();
        var expected = new int[3, 40];
        SharedWork[] works = [.. done.Select(own => new SharedWork((piece, _) => Interlocked.Increment(ref own[piece]), threads))];
        for (var round = 0; round < Rounds; round++)
        {
            var (turn, count) = (round / 2 % 3, 2 + round * 7 % 39);
            works[turn].Run(count);
            for (var piece = 0; piece < count; piece++) expected[turn, piece]++;
            if (round % 3_000 == 0) Thread.Sleep(5);
        }

        Assert.All(Enumerable.Range(0, 3), turn => Assert.Equal(Enumerable.Range(0, 40).Select(piece => expected[turn, piece]), done[turn]));
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
