namespace Clinic.Inbox.Conversations;

/// <summary>
/// How long a line keeps still after the carrier throttled it or gave no answer: as told, else a second that doubles up to
/// a minute. Measured by the machine's running time, so that no clock that is set or moved holds a line up.
/// </summary>
internal sealed class LinePause(TimeProvider clock)
{
    /// <summary>A carrier that says "tomorrow" is asked again sooner: a desk must not fall silent for a day.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly long _started = clock.GetTimestamp();
    private TimeSpan _backOff = TimeSpan.Zero;
    private TimeSpan _until = TimeSpan.Zero;

    private TimeSpan Running => clock.GetElapsedTime(_started);

    /// <summary>How long it still lasts; zero or less when it is over.</summary>
    public TimeSpan Left
    {
        get
        {
            lock (_gate)
            {
                return _until - Running;
            }
        }
    }

    /// <param name="wait">What the last attempt asks for: null none, zero as long as seems right, else that long.</param>
    public void After(TimeSpan? wait)
    {
        lock (_gate)
        {
            if (wait is not { } told)
            {
                _backOff = TimeSpan.Zero;
                return;
            }
            if (told > TimeSpan.Zero)
            {
                Extend(told < Longest ? told : Longest);
                return;
            }
            // Several attempts that were under way together are one failure, not several.
            if (_until <= Running)
            {
                _backOff = TimeSpan.FromSeconds(
                    Math.Clamp(_backOff.TotalSeconds * 2, 1, LongestBackOff.TotalSeconds)
                );
                Extend(_backOff);
            }
        }
    }

    public void AtLeast(TimeSpan wait)
    {
        lock (_gate)
        {
            Extend(wait);
        }
    }

    /// <summary>Returns when it is over, also when it is made longer meanwhile.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        while (Left is { Ticks: > 0 } left)
        {
            await Task.Delay(left, clock, cancellation);
        }
    }

    private void Extend(TimeSpan wait)
    {
        var until = Running + wait;
        _until = until > _until ? until : _until;
    }
}
