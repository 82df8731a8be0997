namespace Clinic.Inbox.Data;

/// <summary>
/// The system's clock plus what the demo moved it forward. Between jumps real time goes on. A jump also rings what became
/// due by it: <c>Task.Delay(…, clock)</c>, a <see cref="PeriodicTimer"/> and a <see cref="CancellationTokenSource"/> of
/// this clock end early, and <see cref="TimeProvider.GetTimestamp"/> grows by the same span.
/// </summary>
public sealed class DemoClock : TimeProvider
{
    /// <summary>The clock may be this far ahead in all: ten years, so that no sum of times overflows.</summary>
    public static readonly TimeSpan MostAhead = TimeSpan.FromDays(3_653);

    /// <summary>The most that the clock is set by at once.</summary>
    public static readonly TimeSpan MostSet = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly HashSet<DemoTimer> _armed = [];
    private long _ahead;
    private long _set;

    /// <summary>How far it is ahead of the system's clock.</summary>
    public TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    /// <summary>Moves the clock forward. What became due runs on the thread pool, maybe after this returns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Time runs forward only, and at most to <see cref="MostAhead"/>.</exception>
    public void Advance(TimeSpan by)
    {
        if (!TryAdvance(by))
        {
            throw new ArgumentOutOfRangeException(nameof(by), by, "Forward, ten years in all.");
        }
    }

    /// <summary>As <see cref="Advance"/>; false and nothing moved where that throws.</summary>
    public bool TryAdvance(TimeSpan by)
    {
        DemoTimer[] armed;
        lock (_lock)
        {
            var ahead = Ahead;
            if (by < TimeSpan.Zero || by > MostAhead - ahead)
            {
                return false;
            }
            Interlocked.Exchange(ref _ahead, (ahead + by).Ticks);
            armed = [.. _armed];
        }
        // Outside the lock: a timer that rings meanwhile takes itself off the list.
        foreach (var timer in armed)
        {
            timer.Jumped();
        }
        return true;
    }

    /// <summary>
    /// Sets the clock alone, forward or back, as an administrator or a time server does: no time passes by it, so that neither
    /// timers nor <see cref="TimeProvider.GetTimestamp"/> notice.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">More than a day.</exception>
    public void Set(TimeSpan by)
    {
        if (by.Duration() > MostSet)
        {
            throw new ArgumentOutOfRangeException(nameof(by), by, "A day at most.");
        }
        Interlocked.Add(ref _set, by.Ticks);
    }

    public override DateTimeOffset GetUtcNow() =>
        base.GetUtcNow() + Ahead + TimeSpan.FromTicks(Interlocked.Read(ref _set));

    public override long GetTimestamp() =>
        base.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);

    /// <inheritdoc/>
    public override ITimer CreateTimer(
        TimerCallback callback,
        object? state,
        TimeSpan dueTime,
        TimeSpan period
    )
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new DemoTimer(this, callback, state);
        timer.Start(dueTime, period);
        return timer;
    }

    /// <summary>The system's timer without a jump: what rings in the end.</summary>
    internal ITimer CreateRealTimer(TimerCallback callback) =>
        base.CreateTimer(callback, state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Keeps the list of timers that a jump concerns; an armed one is kept alive by it, as by the system's.</summary>
    internal void Keep(DemoTimer timer, bool armed)
    {
        lock (_lock)
        {
            if (armed)
            {
                _armed.Add(timer);
            }
            else
            {
                _armed.Remove(timer);
            }
        }
    }
}
