namespace Clinic.Inbox.Live;

/// <summary>
/// The feed at a pace that a screen can draw: the first change after a quiet while is handed over at once, and what
/// follows within <see cref="Pace"/> comes in one go. Each screen has its own and disposes it.
/// </summary>
public sealed class FoldedFeed : IDisposable
{
    /// <summary>A burst is drawn at most this often.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

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
        _ = Task.Run(HandOverAsync);
    }

    private async Task HandOverAsync()
    {
        try
        {
            if (_behind > TimeSpan.Zero)
            {
                await Task.Delay(_behind, _time, _end);
            }
            while (Next() is { } changes)
            {
                await _take(changes);
                await Task.Delay(Pace, _time, _end);
            }
        }
        catch (OperationCanceledException)
        {
            // The screen is gone.
        }
    }

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
