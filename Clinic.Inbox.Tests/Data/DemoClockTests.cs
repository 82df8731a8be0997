using Clinic.Inbox.Data;

namespace Clinic.Inbox.Tests.Data;

public sealed class DemoClockTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly DemoClock _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void It_is_the_systems_clock_until_it_is_moved()
    {
        var before = DateTimeOffset.UtcNow;
        var now = _clock.GetUtcNow();

        Assert.InRange(now, before, DateTimeOffset.UtcNow);
        Assert.Equal(TimeSpan.Zero, _clock.Ahead);
    }

    [Fact]
    public void A_jump_moves_the_time_of_day_and_the_timestamps_alike_and_time_goes_on()
    {
        var started = _clock.GetTimestamp();
        var at = _clock.GetUtcNow();

        _clock.Advance(TimeSpan.FromHours(24));

        Assert.InRange(_clock.GetElapsedTime(started).TotalHours, 24, 24.1);
        Assert.InRange((_clock.GetUtcNow() - at).TotalHours, 24, 24.1);
        var later = _clock.GetUtcNow();
        Assert.True(SpinWait.SpinUntil(() => _clock.GetUtcNow() > later, Patience));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Set_by_an_hour_only_the_time_of_day_moves(int hours)
    {
        var clock = new DemoClock();
        var (time, stamp) = (clock.GetUtcNow(), clock.GetTimestamp());

        clock.Set(TimeSpan.FromHours(hours));

        Assert.InRange((clock.GetUtcNow() - time).TotalMinutes, (hours * 60) - 1, (hours * 60) + 1);
        Assert.InRange(clock.GetElapsedTime(stamp).TotalMinutes, 0, 1);
        Assert.Equal(TimeSpan.Zero, clock.Ahead);
    }

    [Fact]
    public async Task A_jump_ends_the_waits_it_passed_and_no_others()
    {
        var hour = Task.Delay(TimeSpan.FromHours(1), _clock, Cancellation);
        var day = Task.Delay(TimeSpan.FromDays(1), _clock, Cancellation);
        Assert.False(hour.IsCompleted);

        _clock.Advance(TimeSpan.FromHours(2));
        await hour.WaitAsync(Patience, Cancellation);
        Assert.False(day.IsCompleted);

        _clock.Advance(TimeSpan.FromHours(22));
        await day.WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public async Task A_wait_that_nobody_jumps_ends_in_real_time()
    {
        var started = _clock.GetTimestamp();

        await Task.Delay(TimeSpan.FromMilliseconds(30), _clock, Cancellation)
            .WaitAsync(Patience, Cancellation);

        Assert.True(_clock.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public async Task A_wait_longer_than_a_real_timer_can_hold_is_jumped_too()
    {
        var wait = Task.Delay(TimeSpan.FromDays(49), _clock, Cancellation);

        _clock.Advance(TimeSpan.FromDays(48));
        Assert.False(wait.IsCompleted);
        _clock.Advance(TimeSpan.FromDays(2));

        await wait.WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public async Task A_period_passed_many_times_rings_once_and_then_goes_on()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), _clock);

        for (var jump = 0; jump < 3; jump++)
        {
            _clock.Advance(TimeSpan.FromHours(10));
            Assert.True(
                await timer
                    .WaitForNextTickAsync(Cancellation)
                    .AsTask()
                    .WaitAsync(Patience, Cancellation)
            );
            var next = timer.WaitForNextTickAsync(Cancellation).AsTask();
            Assert.False(next.IsCompleted);
            _clock.Advance(TimeSpan.FromHours(1));
            Assert.True(await next.WaitAsync(Patience, Cancellation));
        }
    }

    [Fact]
    public void A_jump_cancels_what_was_to_be_cancelled_by_then()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMinutes(5), _clock);

        _clock.Advance(TimeSpan.FromMinutes(6));

        Assert.True(source.Token.WaitHandle.WaitOne(Patience));
    }

    [Fact]
    public async Task A_timer_that_was_set_anew_or_disposed_does_not_ring_for_its_old_time()
    {
        var rung = 0;
        var moved = _clock.CreateTimer(
            _ => Interlocked.Increment(ref rung),
            null,
            TimeSpan.FromHours(1),
            Timeout.InfiniteTimeSpan
        );
        var stopped = _clock.CreateTimer(
            _ => Interlocked.Increment(ref rung),
            null,
            TimeSpan.FromHours(1),
            Timeout.InfiniteTimeSpan
        );
        Assert.True(moved.Change(TimeSpan.FromHours(5), Timeout.InfiniteTimeSpan));
        await stopped.DisposeAsync();
        Assert.False(stopped.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));

        var marker = Task.Delay(TimeSpan.FromHours(2), _clock, Cancellation);
        _clock.Advance(TimeSpan.FromHours(2));
        await marker.WaitAsync(Patience, Cancellation);
        // Disposing waits for a callback that is under way.
        await moved.DisposeAsync();

        Assert.Equal(0, rung);
    }

    [Fact]
    public async Task Many_waits_and_jumps_at_once_lose_nothing()
    {
        var waits = new List<Task>();
        await Parallel.ForAsync(
            0,
            200,
            Cancellation,
            (i, _) =>
            {
                var wait = Task.Delay(TimeSpan.FromMinutes(i + 1), _clock, Cancellation);
                lock (waits)
                {
                    waits.Add(wait);
                }
                _clock.Advance(TimeSpan.FromMinutes(1));
                return ValueTask.CompletedTask;
            }
        );
        Assert.Equal(TimeSpan.FromMinutes(200), _clock.Ahead);

        _clock.Advance(TimeSpan.FromMinutes(200));

        await Task.WhenAll(waits).WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public void Time_runs_forward_only_and_ten_years_at_most()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.FromTicks(-1)));
        Assert.False(_clock.TryAdvance(TimeSpan.MaxValue));
        Assert.True(_clock.TryAdvance(DemoClock.MostAhead));
        Assert.False(_clock.TryAdvance(TimeSpan.FromTicks(1)));
        Assert.Equal(DemoClock.MostAhead, _clock.Ahead);
        Assert.True(_clock.GetElapsedTime(0) > DemoClock.MostAhead);
    }
}
