namespace Clinic.Inbox.Data;

/// <summary>
/// A timer of the <see cref="DemoClock"/>: a real one, set again after each jump to what is left. A period that a jump
/// passed several times rings once, as a computer's timers do after it slept.
/// </summary>
internal sealed class DemoTimer : ITimer
{
    /// <summary>The longest that a real timer is set for; it is simply set again (its own limit is 49 days).</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly DemoClock _clock;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly ITimer _real;
    private TimeSpan? _due;
    private TimeSpan _period;
    private bool _disposed;

    public DemoTimer(DemoClock clock, TimerCallback callback, object? state)
    {
        _clock = clock;
        _callback = callback;
        _state = state;
        _real = clock.CreateRealTimer(_ => Ring());
    }

    /// <summary>Time since a fixed moment, jumps included.</summary>
    private TimeSpan Now => _clock.GetElapsedTime(0);

    public void Start(TimeSpan dueTime, TimeSpan period) => Change(dueTime, period);

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        RefuseNegative(dueTime, nameof(dueTime));
        RefuseNegative(period, nameof(period));
        lock (_lock)
        {
            if (_disposed)
            {
                return false;
            }
            _period = period;
            _due = dueTime == Timeout.InfiniteTimeSpan ? null : Now + dueTime;
            Arm();
        }
        return true;
    }

    /// <summary>The clock was moved: what is left is less now.</summary>
    public void Jumped()
    {
        lock (_lock)
        {
            if (!_disposed && _due is not null)
            {
                Arm();
            }
        }
    }

    public void Dispose()
    {
        Stop();
        _real.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        return _real.DisposeAsync();
    }

    private void Ring()
    {
        lock (_lock)
        {
            if (_disposed || _due is not { } due)
            {
                return;
            }
            if (due > Now)
            {
                // Only a stage of a long wait, or it was changed while it rang.
                Arm();
                return;
            }
            _due = _period > TimeSpan.Zero ? Next(due) : null;
            Arm();
        }
        _callback(_state);
    }

    private TimeSpan Next(TimeSpan due)
    {
        var missed = (Now - due).Ticks / _period.Ticks;
        return due + (missed + 1) * _period;
    }

    private void Arm()
    {
        _clock.Keep(this, armed: _due is not null);
        if (_due is not { } due)
        {
            _real.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }
        var left = due - Now;
        // The real timer counts whole milliseconds and would ring too early for the rest.
        var wait =
            left <= TimeSpan.Zero ? TimeSpan.Zero
            : left > Longest ? Longest
            : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        _real.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Stop()
    {
        lock (_lock)
        {
            _disposed = true;
            _due = null;
        }
        _clock.Keep(this, armed: false);
    }

    private static void RefuseNegative(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name);
        }
    }
}
