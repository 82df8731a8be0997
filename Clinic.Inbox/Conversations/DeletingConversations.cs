using Clinic.Inbox.AddOns;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// Deletes a conversation for good: messages, files, thumbnails, emails that quote it, what the carrier and the API left of
/// them, and the bytes in the database's files. Only who deleted it and when is kept, what consent needs (the number's
/// standing), and hashes by which its texts are known if they are sent again.
/// </summary>
public sealed class DeletingConversations(
    InboxWriter writer,
    FileRemoval removal,
    ForgottenBytes forgotten,
    IDbContextFactory<InboxDb> databases
)
{
    /// <summary>What the audit log calls it when somebody deletes one, and when its time is over.</summary>
    internal static readonly IReadOnlyList<string> Actions =
    [
        "conversation.deleted",
        "conversation.purged",
    ];

    public async Task<DeskResult> DeleteAsync(
        Id<Conversation> id,
        Actor actor,
        CancellationToken cancellation
    )
    {
        var traces = await TracesAsync([id], cancellation);
        var order = new Order(actor, Actions[0], null);
        if (!await RemoveAsync(id, traces[id], order, cancellation))
        {
            return DeskResult.NotFound;
        }
        // From here on nothing stops it: staff were told that it is gone.
        await forgotten.EraseAsync(CancellationToken.None);
        return DeskResult.Done;
    }

    /// <summary>
    /// Deletes closed conversations whose time is over, each in a transaction of its own, so that nobody waits for long, and
    /// then their bytes, once for all of them.
    /// </summary>
    /// <returns>How many; one that is open or was closed after <paramref name="closedBefore"/> is left alone.</returns>
    internal async Task<int> PurgeAsync(
        IReadOnlyCollection<Id<Conversation>> ids,
        DateTimeOffset closedBefore,
        CancellationToken cancellation
    )
    {
        var traces = await TracesAsync(ids, cancellation);
        var purged = 0;
        try
        {
            foreach (var id in ids)
            {
                cancellation.ThrowIfCancellationRequested();
                var order = new Order(Actor.System, Actions[1], closedBefore);
                purged += await RemoveAsync(id, traces[id], order, cancellation) ? 1 : 0;
            }
        }
        finally
        {
            if (purged > 0)
            {
                await forgotten.EraseAsync(CancellationToken.None);
            }
        }
        return purged;
    }

    /// <summary>Rows and files; a file that is being fetched right now is removed by whoever fetches it, since its row is gone.</summary>
    private async Task<bool> RemoveAsync(
        Id<Conversation> id,
        DeletionTraces traces,
        Order order,
        CancellationToken cancellation
    )
    {
        var files = await writer.RunAsync(
            session => RemoveAsync(session, id, traces, order),
            cancellation
        );
        removal.Remove(files ?? []);
        return files is not null;
    }

    private async Task<IReadOnlyDictionary<Id<Conversation>, DeletionTraces>> TracesAsync(
        IReadOnlyCollection<Id<Conversation>> ids,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await DeletionTraces.FindAsync(db, ids, cancellation);
    }

    private static async Task<List<Id<Attachment>>?> RemoveAsync(
        WriteSession session,
        Id<Conversation> id,
        DeletionTraces traces,
        Order order
    )
    {
        var db = session.Db;
        await session.LockAsync("Conversations", "Id", id.ToString());
        var due = order.ClosedBefore;
        if (
            !await db.Conversations.AnyAsync(c =>
                c.Id == id
                && (due == null || (c.State == ConversationState.Closed && c.ClosedAt < due))
            )
        )
        {
            return null;
        }
        var messages = db.Messages.Where(m => m.ConversationId == id);
        var attachments = db.Attachments.Where(a => messages.Any(m => m.Id == a.MessageId));
        var files = await attachments.Select(a => a.Id).ToListAsync();
        var known = await messages
            .Where(m => m.Direction == MessageDirection.Inbound && m.CarrierId != null)
            .Select(m => m.CarrierId!)
            .ToListAsync();
        await ForgottenText.KeepAsync(session, known.Select(ForgottenText.HashOf));
        db.FilesToRemove.AddRange(files.Select(file => new FileToRemove(file, session.Now)));
        await UsageMeter.KeepAsync(session, id);
        await traces.DeleteAsync(db);
        await attachments.ExecuteDeleteAsync();
        var count = await messages.ExecuteDeleteAsync();
        await db.Conversations.Where(c => c.Id == id).ExecuteDeleteAsync();
        await db.OutgoingEmails.Where(e => e.ConversationId == id).ExecuteDeleteAsync();
        // What the API answered since the traces were looked for; such answers are kept for two days.
        var named = id.ToString();
        await db.IdempotentAnswers.Where(a => a.Body!.Contains(named)).ExecuteDeleteAsync();
        session.Note(
            order.Actor,
            order.Action,
            id.ToString(),
            $"{count} messages, {files.Count} files"
        );
        await db.SaveChangesAsync();
        session.Publish(new InboxEvent.ConversationDeleted(id));
        return files;
    }

    /// <param name="Action">As the audit log calls it.</param>
    /// <param name="ClosedBefore">Only when it was closed before then; null: whatever its state.</param>
    private sealed record Order(Actor Actor, string Action, DateTimeOffset? ClosedBefore);
}
