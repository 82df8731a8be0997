using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Deletes a conversation for good: messages, files, thumbnails, what the carrier and the API left of them, and the bytes
/// in the database's files. Only who deleted it and when is kept, and what consent needs (the number's standing).
/// </summary>
public sealed class DeletingConversations(
    InboxWriter writer,
    AttachmentStore store,
    ForgottenBytes forgotten,
    IDbContextFactory<InboxDb> databases
)
{
    public async Task<DeskResult> DeleteAsync(
        Id<Conversation> id,
        Actor actor,
        CancellationToken cancellation
    )
    {
        DeletionTraces traces;
        await using (var db = await databases.CreateDbContextAsync(cancellation))
        {
            traces = await DeletionTraces.FindAsync(db, id, cancellation);
        }
        var files = await writer.RunAsync(
            session => DeleteAsync(session, id, traces, actor),
            cancellation
        );
        if (files is null)
        {
            return DeskResult.NotFound;
        }
        // From here on nothing stops it: staff were told that it is gone. A file that is being fetched right now is
        // removed by whoever fetches it, since its row is gone.
        files.ForEach(store.Delete);
        await forgotten.EraseAsync(CancellationToken.None);
        return DeskResult.Done;
    }

    private static async Task<List<Id<Attachment>>?> DeleteAsync(
        WriteSession session,
        Id<Conversation> id,
        DeletionTraces traces,
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
        var attachments = db.Attachments.Where(a => messages.Any(m => m.Id == a.MessageId));
        var files = await attachments.Select(a => a.Id).ToListAsync();
        await UsageMeter.KeepAsync(session, id);
        await traces.DeleteAsync(db);
        await attachments.ExecuteDeleteAsync();
        var count = await messages.ExecuteDeleteAsync();
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
}
