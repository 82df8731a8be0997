using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Clients;

/// <summary>What a change to a client means for conversations, in the same transaction.</summary>
internal static class ClientsConversations
{
    /// <summary>Rows of the inbox show the client's new name.</summary>
    public static async Task RenameAsync(WriteSession session, Client client)
    {
        foreach (var conversation in await LockedAsync(session, c => c.ClientId == client.Id))
        {
            conversation.AssignTo(client);
            session.Publish(
                new InboxEvent.ConversationChanged(ConversationRow.Of(conversation), Flash: false)
            );
        }
        await session.Db.SaveChangesAsync();
    }

    /// <summary>
    /// An open conversation that nobody owns becomes the client's who has its number, when exactly one has: the rule by
    /// which a new conversation is recognised.
    /// </summary>
    public static async Task RecogniseAsync(WriteSession session, PhoneNumber number)
    {
        var owners = await session
            .Db.Clients.Where(c => c.Phones.Any(p => p.Number == number))
            .Take(2)
            .ToListAsync();
        if (owners is not [var owner])
        {
            return;
        }
        foreach (
            var conversation in await LockedAsync(
                session,
                c => c.Number == number && c.ClientId == null && c.State == ConversationState.Open
            )
        )
        {
            conversation.AssignTo(owner);
            session.Publish(
                new InboxEvent.ConversationChanged(ConversationRow.Of(conversation), Flash: false)
            );
        }
        await session.Db.SaveChangesAsync();
    }

    /// <summary>Held until the commit, so that the published row is not older than a text that comes in meanwhile.</summary>
    private static async Task<List<Conversation>> LockedAsync(
        WriteSession session,
        System.Linq.Expressions.Expression<Func<Conversation, bool>> which
    )
    {
        var ids = await session.Db.Conversations.Where(which).Select(c => c.Id).ToListAsync();
        foreach (var id in ids)
        {
            await session.LockAsync("Conversations", "Id", id.ToString());
        }
        return await session.Db.Conversations.Where(c => ids.Contains(c.Id)).ToListAsync();
    }
}
