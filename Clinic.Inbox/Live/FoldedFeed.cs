namespace Clinic.Inbox.Live;

/// <summary>
/// The feed at a pace that a screen can draw: the first change after a quiet while is handed over at once, and what
/// follows within <see cref="Pace"/> comes in one go; longer, up to <see cref="SlowestPace"/>, where the server is so busy
/// drawing that this screen had to wait for its turn. Each screen has its own and disposes it.
/// </summary>
public sealed class FoldedFeed : IDisposable
{
    /// <summary>A burst is drawn at most this often.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    /// <summary>And not more seldom, however many screens there are.</summary>
    public static readonly TimeSpan SlowestPace = TimeSpan.FromSeconds(1);

    /// <summary>A screen rests this many times as long as it waited and drew: most of a busy server is left for others.</summary>
    private const int Rest = 3;

    /// <summary>
    /// All screens of this server draw here, as many at once as there are processors, and each queues for its turn: hundreds
    /// that are told at once must not stand before the answer to the carrier in the pool's only line.
    /// </summary>
    private static readonly TaskScheduler Drawing = new ConcurrentExclusiveSchedulerPair(
        TaskScheduler.Default,
        Environment.ProcessorCount,
        maxItemsPerTask: 1
    ).ConcurrentScheduler;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationToken _end;
    private readonly Func<IReadOnlyList<InboxEvent>, Task> _take;
    private readonly TimeProvider _time;
    private readonly TimeSpan _behind;
    private readonly IDisposable _subscription;
    private List<InboxEvent> _waiting = [];
    private bool _handing;

    /// <param name="take">
    /// Draws what happened, in the order of the commits. It is never called on the writer's thread, nor while it still
    /// works; it must not throw.
    /// </param>
    /// <param name="behind">How long the others of this screen may go first; not at all by default.</param>
    public FoldedFeed(
        Feed feed,
        Func<IReadOnlyList<InboxEvent>, Task> take,
        TimeProvider? time = null,
        TimeSpan behind = default
    )
    {
        _behind = behind;
        _end = _ended.Token;
        _take = take;
        _time = time ?? TimeProvider.System;
        _subscription = feed.SubscribeToCommits(Note);
    }

    private void Note(IReadOnlyList<InboxEvent> changes)
    {
        lock (_gate)
        {
            _waiting.AddRange(changes);
            if (_handing)
            {
                return;
            }
            _handing = true;
        }
        // An idle circuit draws on whatever thread asks it to: the writer's must not be that.
        var due = _time.GetTimestamp();
        _ = Task.Factory.StartNew(
            () => HandOverAsync(due),
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            Drawing
        );
    }

    /// <param name="due">When this screen could have been drawn, had nobody else been before it.</param>
    private async Task HandOverAsync(long due)
    {
        try
        {
            if (_behind > TimeSpan.Zero)
            {
                await Task.Delay(_behind, _time, _end);
                due = _time.GetTimestamp();
            }
            while (Next() is { } changes)
            {
                await _take(changes);
                var pace = PaceAfter(_time.GetElapsedTime(due));
                due = _time.GetTimestamp() + (long)(pace.TotalSeconds * _time.TimestampFrequency);
                await Task.Delay(pace, _time, _end);
            }
        }
        catch (OperationCanceledException)
        {
            // The screen is gone.
        }
    }

    /// <param name="took">How long the screen waited for its turn and drew.</param>
    internal static TimeSpan PaceAfter(TimeSpan took) =>
        TimeSpan.FromTicks(Math.Clamp(took.Ticks * Rest, Pace.Ticks, SlowestPace.Ticks));

    private List<InboxEvent>? Next()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 || _end.IsCancellationRequested)
            {
                _handing = false;
                return null;
            }
            var changes = _waiting;
            _waiting = [];
            return changes;
        }
    }

    public void Dispose()
    {
        _subscription.Dispose();
        _ended.Cancel();
        _ended.Dispose();
    }
}
