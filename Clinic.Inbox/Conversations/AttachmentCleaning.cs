using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Removes files that neither a message nor a document has after a day: taken in the composer and never sent, or left by a crash between the
/// disk and the commit. Runs at the start and every hour of the product's clock. Files of deleted conversations it removes in every round.
/// </summary>
public sealed partial class AttachmentCleaning(
    AttachmentStore store,
    IDbContextFactory<InboxDb> databases,
    ForgottenBytes forgotten,
    FileRemoval removal,
    AttachmentMetrics metrics,
    TimeProvider clock,
    ILogger<AttachmentCleaning> log
) : BackgroundService
{
    private const int Batch = 500;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>How often the clock is looked at.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var next = DateTimeOffset.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            await TryAsync(removal.CatchUpAsync, stoppingToken);
            if (clock.GetUtcNow() >= next)
            {
                next = clock.GetUtcNow() + Every;
                // What a deletion that a crash cut short left in the database's log.
                await TryAsync(forgotten.EraseAsync, stoppingToken);
                await TryAsync(CleanAsync, stoppingToken);
            }
            await Task.Delay(Round, stoppingToken);
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> clean, CancellationToken stopping)
    {
        try
        {
            await clean(stopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure);
        }
    }

    /// <summary>Makes one pass. Returns how many files' remains were removed.</summary>
    internal async Task<int> CleanAsync(CancellationToken cancellation)
    {
        var before = clock.GetUtcNow() - Kept;
        var removed = 0;
        foreach (var ids in store.WrittenBefore(before).Chunk(Batch))
        {
            foreach (var id in await OrphansAsync(ids, cancellation))
            {
                // Looked at again: it may have been attached to a message a moment ago, which renews it.
                removed += store.DeleteWrittenBefore(id, before) ? 1 : 0;
            }
        }
        if (removed > 0)
        {
            metrics.Removed(removed);
            LogRemoved(removed);
        }
        return removed;
    }

    private async Task<IEnumerable<Id<Attachment>>> OrphansAsync(
        Id<Attachment>[] ids,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var known = await db
            .Attachments.Where(a => ids.Contains(a.Id) && a.State == AttachmentState.Stored)
            .Select(a => a.Id)
            .Union(db.KeptFiles.Where(k => ids.Contains(k.Id)).Select(k => k.Id))
            .ToListAsync(cancellation);
        return ids.Except(known);
    }

    [LoggerMessage(LogLevel.Information, "Removed {Count} files that no message has")]
    private partial void LogRemoved(int count);

    [LoggerMessage(
        LogLevel.Error,
        "Files that no message has could not be removed; trying again later"
    )]
    private partial void LogFailed(Exception failure);
}
