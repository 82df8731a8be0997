using Clinic.Inbox.Live;

namespace Clinic.Inbox.Clients;

/// <summary>
/// Calls a screen back when a client that it shows changed. A burst folds: while one reload runs, at most one more
/// waits. Owned and disposed by the component.
/// </summary>
internal sealed class ClientWatch : IDisposable
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int Again = 2;

    private readonly Func<InboxEvent.ClientChanged, bool> _concerns;
    private readonly Func<Task> _reload;
    private readonly IDisposable _subscription;
    private int _state;

    /// <param name="concerns">Runs on the writer's thread: only compares.</param>
    /// <param name="reload">Goes over to the component's own context, and does not throw.</param>
    public ClientWatch(Feed feed, Func<InboxEvent.ClientChanged, bool> concerns, Func<Task> reload)
    {
        _concerns = concerns;
        _reload = reload;
        _subscription = feed.Subscribe(Take);
    }

    private void Take(InboxEvent change)
    {
        if (
            (
                change is InboxEvent.CatchUp
                || (change is InboxEvent.ClientChanged client && _concerns(client))
            )
            && Interlocked.Exchange(ref _state, Again) == Idle
        )
        {
            _ = Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        do
        {
            Volatile.Write(ref _state, Running);
            await _reload();
        } while (Interlocked.CompareExchange(ref _state, Idle, Running) != Running);
    }

    public void Dispose() => _subscription.Dispose();
}
