using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Data;

/// <summary>
/// Tells the screens of transactions that commit beside each other (PostgreSQL). Told as they come, in any order, the
/// screens would end with an older row than the database; so one reader at a time reads what is true now, and whatever
/// committed while it read is read and told together, next.
/// </summary>
internal sealed partial class OrderedTelling(DatabaseSettings settings, Feed feed, ILogger log)
    : IDisposable
{
    /// <summary>
    /// What commits within this time after a group is told is told together, next: a burst is read in few queries, and no
    /// screen is drawn more often anyway (<see cref="FoldedFeed.Pace"/>).
    /// </summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    /// <summary>How long after a failure it is tried again, when nobody waits who could be told of it.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Lazy<DbContextOptions<PostgresInboxDb>> _options = new(() =>
        DatabaseSetup.Options<PostgresInboxDb>().UseNpgsql(settings.ConnectionString).Options
    );
    private Group? _waiting;
    private volatile bool _ended;
    private bool _telling;
    private int _catchingUp;

    /// <summary>
    /// Completes when every screen was told what <paramref name="changes"/> have become by now. When the database can't be
    /// read they load anew once it can, and nobody waits for that. Never throws: what was committed is committed, and whoever
    /// were told otherwise would do it again.
    /// </summary>
    public async Task TellOrCatchUpAsync(List<InboxEvent> changes)
    {
        if (changes.Count == 0)
        {
            return;
        }
        try
        {
            await JoinAsync(group => group.Own.AddRange(changes.Select(FeedMark.Of)));
        }
        catch (Exception failure)
        {
            LogNotTold(failure);
            _ = CatchUpLaterAsync();
        }
    }

    /// <summary>
    /// Tells the screens of this node what another one committed, in turn with what is committed here: of two changes to the
    /// same row the later one is told last. With nothing to tell it still asks the database whether it is there.
    /// </summary>
    public Task TellOfOthersAsync(IReadOnlyList<FeedMark> changes) =>
        JoinAsync(group => (group.Others ??= []).AddRange(changes));

    private Task JoinAsync(Action<Group> join)
    {
        lock (_gate)
        {
            _waiting ??= new Group();
            join(_waiting);
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
                if (group.Own.Count > 0)
                {
                    feed.Publish(await FreshChanges.ReadAsync(db, group.Own));
                }
                if (group.Others is { } others)
                {
                    await TellOfOthersAsync(db, others);
                }
                group.Told.TrySetResult();
            }
            catch (Exception failure)
            {
                // Whoever committed has the screens load anew later.
                group.Told.TrySetException(failure);
            }
            await Task.Delay(Pace);
        }
    }

    private async Task TellOfOthersAsync(InboxDb db, List<FeedMark> others)
    {
        if (others.Count == 0)
        {
            await db.Database.ExecuteSqlRawAsync("SELECT 1");
        }
        feed.PublishOfOthers(await FreshChanges.ReadAsync(db, others));
    }

    /// <summary>One waits for all.</summary>
    private async Task CatchUpLaterAsync()
    {
        while (!_ended && Interlocked.Exchange(ref _catchingUp, 1) == 0)
        {
            await Task.Delay(Again);
            // What fails from here on waits for itself: the screens may have loaded before it was committed.
            Volatile.Write(ref _catchingUp, 0);
            try
            {
                await TellOfOthersAsync([]);
                feed.Publish([new InboxEvent.CatchUp()]);
                return;
            }
            catch (Exception failure)
            {
                LogNotTold(failure);
            }
        }
    }

    public void Dispose() => _ended = true;

    [LoggerMessage(
        LogLevel.Warning,
        "What was committed could not be read for the screens; they load anew when it can be"
    )]
    private partial void LogNotTold(Exception failure);

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
        public List<FeedMark> Own { get; } = [];

        /// <summary>Null: no other node said anything.</summary>
        public List<FeedMark>? Others { get; set; }

        public TaskCompletionSource Told { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
