using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace Clinic.Inbox.Documents;

/// <summary>
/// Removes files of links that expired more than 90 days ago, and files that neither a document nor the library leads to
/// any more. The rows of documents stay with their history. Reads what is due from tables: a missed run loses nothing.
/// </summary>
[DisallowConcurrentExecution]
public sealed partial class DocumentCleaning(
    InboxWriter writer,
    AttachmentStore store,
    ILogger<DocumentCleaning> log
) : IJob
{
    /// <summary>So long after its link expired a file is still kept: the link can be extended.</summary>
    public static readonly TimeSpan KeptAfterExpiry = TimeSpan.FromDays(90);

    private const int Batch = 200;

    public async ValueTask Execute(
        IJobExecutionContext context,
        CancellationToken cancellationToken = default
    ) => await CleanAsync(cancellationToken);

    /// <summary>Makes one pass. Returns how many files were removed.</summary>
    internal async Task<int> CleanAsync(CancellationToken cancellation)
    {
        var removed = 0;
        List<Id<Attachment>> files;
        do
        {
            files = await writer.RunAsync(CleanAsync, cancellation);
            // After the commit: a row without its file would show a link that opens nothing.
            files.ForEach(store.Delete);
            removed += files.Count;
        } while (files.Count == Batch);
        if (removed > 0)
        {
            LogRemoved(removed);
        }
        return removed;
    }

    private static async Task<List<Id<Attachment>>> CleanAsync(WriteSession session)
    {
        var db = session.Db;
        var before = session.Now - KeptAfterExpiry;
        var expired = await db
            .SharedDocuments.Where(d => d.FileId != null && d.ExpiresAt < before)
            .OrderBy(d => d.ExpiresAt)
            .Take(Batch)
            .ToListAsync();
        expired.ForEach(document => document.RemoveFile(session.Now));
        await db.SaveChangesAsync();
        var loose = await db
            .KeptFiles.Where(k =>
                !db.SharedDocuments.Any(d => d.FileId == k.Id)
                && !db.LibraryItems.Any(i => i.FileId == k.Id)
            )
            .Take(Batch)
            .ToListAsync();
        db.KeptFiles.RemoveRange(loose);
        await db.SaveChangesAsync();
        return [.. loose.Select(k => k.Id)];
    }

    [LoggerMessage(LogLevel.Information, "Removed {Count} files of documents that expired")]
    private partial void LogRemoved(int count);
}
