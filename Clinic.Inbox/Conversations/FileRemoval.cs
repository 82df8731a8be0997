using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>Removes the files of deleted conversations from storage: right after the commit, and again until they are certainly gone.</summary>
public sealed partial class FileRemoval(
    AttachmentStore store,
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    TimeProvider clock,
    ILogger<FileRemoval> log
)
{
    private const int Batch = 500;

    /// <summary>So long a row stays: a file that was on its way from the carrier is written after its row was deleted.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>Removes them. What can't be removed now is written down, and tried again.</summary>
    public void Remove(IEnumerable<Id<Attachment>> files)
    {
        foreach (var file in files)
        {
            TryRemove(file);
        }
    }

    /// <summary>Removes all that is written down (<see cref="FileToRemove"/>), and forgets what was long enough ago.</summary>
    internal async Task CatchUpAsync(CancellationToken cancellation)
    {
        List<FileToRemove> waiting;
        await using (var db = await databases.CreateDbContextAsync(cancellation))
        {
            waiting = await db.FilesToRemove.AsNoTracking().ToListAsync(cancellation);
        }
        var before = clock.GetUtcNow() - Kept;
        var gone = new List<Id<Attachment>>();
        foreach (var file in waiting)
        {
            if (TryRemove(file.Id) && file.At < before)
            {
                gone.Add(file.Id);
            }
        }
        foreach (var some in gone.Chunk(Batch))
        {
            await writer.RunAsync(
                session =>
                    session.Db.FilesToRemove.Where(f => some.Contains(f.Id)).ExecuteDeleteAsync(),
                cancellation
            );
        }
    }

    private bool TryRemove(Id<Attachment> file)
    {
        try
        {
            store.Delete(file);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(failure, file);
            return false;
        }
    }

    [LoggerMessage(
        LogLevel.Error,
        "File {Attachment} of a deleted conversation could not be removed; trying again"
    )]
    private partial void LogNotRemoved(Exception failure, Id<Attachment> attachment);
}
