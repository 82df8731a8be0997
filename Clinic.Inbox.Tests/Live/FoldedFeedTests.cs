using System.Collections.Concurrent;
using Clinic.Inbox.Live;
using Clinic.Inbox.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Clinic.Inbox.Tests.Live;

public sealed class FoldedFeedTests
{
    private readonly Feed _feed = new(NullLogger<Feed>.Instance);
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<IReadOnlyList<InboxEvent>> _taken = [];

    [Fact]
    public async Task The_first_change_after_a_quiet_while_comes_at_once()
    {
        using var folded = Fold();

        _feed.Publish(Count(1));

        // The clock stands still: only what needs no waiting can come.
        await TakenAsync(1);
        Assert.Equal([Count(1)], _taken.First());
    }

    [Fact]
    public async Task What_one_commit_changed_comes_together()
    {
        using var folded = Fold();

        _feed.Publish([Count(1), Count(2), Count(3)]);

        await TakenAsync(1);
        Assert.Equal([Count(1), Count(2), Count(3)], _taken.First());
    }

    [Fact]
    public async Task A_burst_is_folded_into_one_go_after_the_pace()
    {
        using var folded = Fold();
        _feed.Publish(Count(1));
        await TakenAsync(1);

        for (var unread = 2; unread <= 100; unread++)
        {
            _feed.Publish(Count(unread));
        }
        Assert.Single(_taken);

        await Eventually.IsTrueAsync(
            () =>
            {
                _time.Advance(FoldedFeed.Pace);
                return Task.FromResult(_taken.Count > 1);
            },
            "the burst"
        );
        Assert.Equal(2, _taken.Count);
        Assert.Equal(99, _taken.Last().Count);
    }

    [Theory]
    [InlineData(0, 50)]
    [InlineData(10, 50)]
    [InlineData(100, 300)]
    [InlineData(20_000, 1_000)]
    public void Who_had_to_wait_for_a_busy_server_draws_more_seldom(int took, int pace) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(pace),
            FoldedFeed.PaceAfter(TimeSpan.FromMilliseconds(took))
        );

    [Fact]
    public async Task After_it_was_disposed_nothing_comes()
    {
        var folded = Fold();
        _feed.Publish(Count(1));
        await TakenAsync(1);

        folded.Dispose();
        _feed.Publish(Count(2));
        _time.Advance(FoldedFeed.Pace);

        Assert.Single(_taken);
    }

    private static InboxEvent.CountChanged Count(int unread) => new(unread);

    private FoldedFeed Fold() =>
        new(
            _feed,
            changes =>
            {
                _taken.Enqueue(changes);
                return Task.CompletedTask;
            },
            _time
        );

    private Task TakenAsync(int count) =>
        Eventually.IsTrueAsync(() => Task.FromResult(_taken.Count >= count), "a change");
}
