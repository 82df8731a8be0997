using Clinic.Inbox.AddOns;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Data;

/// <summary>Reads what was changed once more, after its commit, for transactions that ran beside others.</summary>
internal static class FreshChanges
{
    /// <summary>Unread texts on lines that have an inbox: what the light counts.</summary>
    public static Task<int> UnreadAsync(InboxDb db, CancellationToken cancellation) =>
        db
            .Conversations.Where(c =>
                c.Unread > 0 && db.Lines.Any(l => l.Id == c.LineId && l.AddOn == AddOn.TwoWay)
            )
            .SumAsync(c => c.Unread, cancellation);

    /// <summary>
    /// The same changes as the database has them now. What was deleted meanwhile is left out: its own change tells.
    /// </summary>
    public static async Task<List<InboxEvent>> ReadAsync(InboxDb db, List<InboxEvent> changes)
    {
        var conversationIds = changes
            .OfType<InboxEvent.ConversationChanged>()
            .Select(c => c.Row.Id)
            .ToHashSet();
        var messageIds = changes
            .OfType<InboxEvent.MessageChanged>()
            .Select(c => c.Message.Id)
            .ToHashSet();
        var rows = await db
            .Conversations.AsNoTracking()
            .Where(c => conversationIds.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, ConversationRow.Of);
        var messages = await db
            .Messages.AsNoTracking()
            .Include(m => m.Attachments)
            .Where(m => messageIds.Contains(m.Id))
            .ToDictionaryAsync(m => m.Id, MessageView.Of);
        var fresh = new List<InboxEvent>(changes.Count);
        foreach (var change in changes)
        {
            var now = change switch
            {
                InboxEvent.ConversationChanged c => rows.TryGetValue(c.Row.Id, out var row)
                    ? c with
                    {
                        Row = row,
                    }
                    : null,
                InboxEvent.MessageChanged m => messages.TryGetValue(m.Message.Id, out var message)
                    ? m with
                    {
                        Message = message,
                    }
                    : null,
                InboxEvent.CountChanged => new InboxEvent.CountChanged(
                    await UnreadAsync(db, CancellationToken.None)
                ),
                _ => change,
            };
            if (now is not null)
            {
                fresh.Add(now);
            }
        }
        return fresh;
    }
}
