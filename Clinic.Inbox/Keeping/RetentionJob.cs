using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace Clinic.Inbox.Keeping;

/// <summary>
/// Deletes closed conversations whose time is over, some at a time, oldest first. What is due is read from the tables, and the
/// clinic's choice again before each piece: whoever thinks better of it stops it at once.
/// </summary>
[DisallowConcurrentExecution]
public sealed partial class RetentionJob(
    DeletingConversations deleting,
    IDbContextFactory<InboxDb> databases,
    TimeProvider clock,
    IHostApplicationLifetime app,
    ILogger<RetentionJob> log
) : IJob
{
    public static readonly JobKey Key = new("retention");

    /// <summary>How often it looks: a small question. A look that was missed is made up for soon.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(20);

    /// <summary>Conversations of one piece; their bytes are erased together.</summary>
    internal const int Piece = 20;

    /// <summary>Of one run: the rest waits for the next.</summary>
    private const int MostARun = 5_000;

    /// <summary>Between two pieces: the desk comes first.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    public async ValueTask Execute(
        IJobExecutionContext context,
        CancellationToken cancellationToken = default
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            app.ApplicationStopping
        );
        try
        {
            await PurgeAsync(ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The next start goes on.
        }
    }

    /// <summary>Makes one run. Returns how many conversations were deleted.</summary>
    internal async Task<int> PurgeAsync(CancellationToken cancellation)
    {
        var purged = 0;
        while (purged < MostARun)
        {
            var (ids, before) = await DueAsync(cancellation);
            var some = ids.Count == 0 ? 0 : await deleting.PurgeAsync(ids, before, cancellation);
            if (some == 0)
            {
                break;
            }
            purged += some;
            await Task.Delay(Rest, cancellation);
        }
        if (purged > 0)
        {
            LogPurged(purged);
        }
        return purged;
    }

    private async Task<(List<Id<Conversation>> Ids, DateTimeOffset Before)> DueAsync(
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var chosen = await db.SettingAsync(
            RetentionSettings.Key,
            RetentionSettings.Forever,
            cancellation
        );
        if (chosen.ClosedBefore(clock.GetUtcNow()) is not { } before)
        {
            return ([], default);
        }
        var ids = await RetentionBook
            .Due(db, before)
            .OrderBy(c => c.LastMessageAt)
            .Select(c => c.Id)
            .Take(Piece)
            .ToListAsync(cancellation);
        return (ids, before);
    }

    [LoggerMessage(LogLevel.Information, "{Count} conversations whose time was over were deleted")]
    private partial void LogPurged(int count);
}
