using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Data;

/// <summary>
/// Tells the screens of transactions that commit beside each other (PostgreSQL). Told as they come, in any order, the
/// screens would end with an older row than the database; so one reader at a time reads what is true now, and whatever
/// committed while it read is read and told together, next.
/// </summary>
internal sealed class OrderedTelling(DatabaseSettings settings, Feed feed)
{
    private readonly Lock _gate = new();
    private readonly Lazy<DbContextOptions<PostgresInboxDb>> _options = new(() =>
        new DbContextOptionsBuilder<PostgresInboxDb>().UseNpgsql(settings.ConnectionString).Options
    );
    private Group? _waiting;
    private bool _telling;

    /// <summary>Completes when every screen was told what <paramref name="changes"/> have become by now.</summary>
    public Task TellAsync(List<InboxEvent> changes)
    {
        if (changes.Count == 0)
        {
            return Task.CompletedTask;
        }
        lock (_gate)
        {
            _waiting ??= new Group();
            _waiting.Changes.AddRange(changes);
            var told = _waiting.Told.Task;
            if (!_telling)
            {
                _telling = true;
                _ = Task.Run(TellWhileWaitedAsync);
            }
            return told;
        }
    }

    private async Task TellWhileWaitedAsync()
    {
        while (Next() is { } group)
        {
            try
            {
                await using var db = new PostgresInboxDb(_options.Value);
                feed.Publish(await FreshChanges.ReadAsync(db, group.Changes));
                group.Told.TrySetResult();
            }
            catch (Exception failure)
            {
                // Whoever committed hears it, as of any other failure of the database.
                group.Told.TrySetException(failure);
            }
        }
    }

    private Group? Next()
    {
        lock (_gate)
        {
            var group = _waiting;
            _waiting = null;
            _telling = group is not null;
            return group;
        }
    }

    /// <summary>What is told together.</summary>
    private sealed class Group
    {
        public List<InboxEvent> Changes { get; } = [];

        public TaskCompletionSource Told { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
