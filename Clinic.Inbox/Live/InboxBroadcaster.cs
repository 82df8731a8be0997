using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Clinic.Inbox.Carrier;
using Clinic.Inbox.Conversations;
using Microsoft.AspNetCore.SignalR;

namespace Clinic.Inbox.Live;

/// <summary>
/// From the feed to every connection of the hub. On the writer's thread it only folds; a loop of its own hands out, and
/// each <see cref="HubListener"/> sends at its connection's pace. The feed brings what other nodes committed as well, so the
/// hub has no backplane: with one, each host would be told once by every node.
/// </summary>
internal sealed class InboxBroadcaster : BackgroundService
{
    /// <summary>How many conversations are told anew when something was missed.</summary>
    private const int Newest = 50;

    private readonly ConcurrentDictionary<string, HubListener> _listeners = new(
        StringComparer.Ordinal
    );
    private readonly SignalFold _fold = new();
    private readonly Feed _feed;
    private readonly InboxQueries _inbox;
    private readonly IHubContext<InboxHub> _hub;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private IDisposable? _subscription;
    private int _missed;

    public InboxBroadcaster(
        Feed feed,
        InboxQueries inbox,
        IHubContext<InboxHub> hub,
        TimeProvider clock,
        IMeterFactory meters,
        ILogger<InboxBroadcaster> log
    )
    {
        (_feed, _inbox, _hub, _clock, _log) = (feed, inbox, hub, clock, log);
        meters
            .Create(CarrierMetrics.MeterName)
            .CreateObservableGauge(
                "clinic.hub.connections",
                () => _listeners.Count,
                description: "Host applications that listen to the hub."
            );
    }

    public IEnumerable<HubListener> Listeners => _listeners.Values;

    public void Join(HubCallerContext connection)
    {
        var listener = new HubListener(
            connection,
            _hub.Clients.Client(connection.ConnectionId),
            _inbox,
            _log
        );
        // Listed before it reads the count, so that no change falls between the two.
        _listeners[connection.ConnectionId] = listener;
        listener.Start();
    }

    public async Task LeaveAsync(string connectionId)
    {
        if (_listeners.TryRemove(connectionId, out var listener))
        {
            await listener.EndedAsync();
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = _feed.Subscribe(Note);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _fold.WaitAsync(stoppingToken);
            if (Interlocked.Exchange(ref _missed, 0) == 1)
            {
                await CatchUpAsync(stoppingToken);
            }
            var (changed, count) = _fold.Take();
            foreach (var listener in _listeners.Values)
            {
                foreach (var change in changed)
                {
                    listener.Mailbox.Note(change);
                }
                if (count is not null)
                {
                    listener.Mailbox.Note(count);
                }
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        await base.StopAsync(cancellationToken);
    }

    private void Note(InboxEvent happened)
    {
        switch (happened)
        {
            case InboxEvent.ConversationChanged(var row, var flash):
                _fold.Note(Signal(row, flash));
                break;
            case InboxEvent.ConversationDeleted(var id):
                _fold.Note(
                    new ConversationSignal(
                        id.ToString(),
                        Unread: 0,
                        _clock.GetUtcNow(),
                        Preview: "",
                        "deleted",
                        Flash: false
                    )
                );
                break;
            case InboxEvent.CountChanged(var unread):
                _fold.Note(new InboxCount(unread));
                break;
            case InboxEvent.CatchUp:
                Volatile.Write(ref _missed, 1);
                _fold.Ring();
                break;
        }
    }

    /// <summary>What hosts may have missed of another node: how the newest conversations are, and how much is unread.</summary>
    private async Task CatchUpAsync(CancellationToken stopping)
    {
        try
        {
            var newest = await _inbox.ListAsync(new InboxFilter(), after: null, Newest, stopping);
            foreach (var row in newest)
            {
                _fold.Note(Signal(row, flash: row.Unread > 0));
            }
            _fold.Note(new InboxCount(await _inbox.UnreadAsync(stopping)));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The next change brings the count.
            _log.LogNotCaughtUp(failure);
        }
    }

    private static ConversationSignal Signal(ConversationRow row, bool flash) =>
        new(
            row.Id.ToString(),
            row.Unread,
            row.LastMessageAt,
            row.Preview,
            row.State == ConversationState.Open ? "open" : "closed",
            flash
        );
}
