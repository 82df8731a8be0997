using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Deletes a conversation for good: messages, files, thumbnails and the bytes they left in the database file. Only who
/// deleted it and when is kept, and what consent needs (the number's standing).
/// </summary>
public sealed class DeletingConversations(
    InboxWriter writer,
    AttachmentStore store,
    DatabaseSettings settings,
    IDbContextFactory<InboxDb> databases
)
{
    public async Task<DeskResult> DeleteAsync(
        Id<Conversation> id,
        Actor actor,
        CancellationToken cancellation
    )
    {
        var files = await writer.RunAsync(session => DeleteAsync(session, id, actor), cancellation);
        if (files is null)
        {
            return DeskResult.NotFound;
        }
        foreach (var file in files)
        {
            store.Delete(file);
        }
        await ForgetBytesAsync(cancellation);
        return DeskResult.Done;
    }

    private static async Task<List<Id<Attachment>>?> DeleteAsync(
        WriteSession session,
        Id<Conversation> id,
        Actor actor
    )
    {
        var db = session.Db;
        await session.LockAsync("Conversations", "Id", id.ToString());
        if (!await db.Conversations.AnyAsync(c => c.Id == id))
        {
            return null;
        }
        var messages = db.Messages.Where(m => m.ConversationId == id);
        var files = await db
            .Attachments.Where(a => messages.Any(m => m.Id == a.MessageId))
            .Select(a => a.Id)
            .ToListAsync();
        var count = await messages.CountAsync();
        await db
            .Attachments.Where(a => messages.Any(m => m.Id == a.MessageId))
            .ExecuteDeleteAsync();
        await messages.ExecuteDeleteAsync();
        await db.Conversations.Where(c => c.Id == id).ExecuteDeleteAsync();
        // What the API would answer again quotes the conversation.
        var named = id.ToString();
        await db.IdempotentAnswers.Where(a => a.Body!.Contains(named)).ExecuteDeleteAsync();
        session.Note(
            actor,
            "conversation.deleted",
            id.ToString(),
            $"{count} messages, {files.Count} files"
        );
        await db.SaveChangesAsync();
        session.Publish(new InboxEvent.ConversationDeleted(id));
        return files;
    }

    /// <summary>
    /// <c>secure_delete</c> overwrites the pages; the write-ahead log still holds their old content until it is truncated.
    /// </summary>
    private async Task ForgetBytesAsync(CancellationToken cancellation)
    {
        if (settings.IsSqlite)
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)", cancellation);
        }
    }
}
