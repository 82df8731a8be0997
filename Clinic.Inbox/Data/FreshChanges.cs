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
    /// The same changes as the database has them now, and the desk's count where they touch it. What was deleted meanwhile
    /// is left out: its own change tells.
    /// </summary>
    public static async Task<List<InboxEvent>> ReadAsync(InboxDb db, List<InboxEvent> changes)
    {
        var rows = await RowsAsync(db, changes);
        var messages = await MessagesAsync(db, changes);
        var fresh = new List<InboxEvent>(changes.Count + 1);
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
                _ => change,
            };
            if (now is not null)
            {
                fresh.Add(now);
            }
        }
        if (changes.Exists(TouchesCount))
        {
            fresh.Add(new InboxEvent.CountChanged(await UnreadAsync(db, CancellationToken.None)));
        }
        return fresh;
    }

    /// <summary>Whether the desk's count of unread texts may be another one after it.</summary>
    public static bool TouchesCount(InboxEvent change) =>
        change
            is InboxEvent.ConversationChanged
                or InboxEvent.ConversationDeleted
                or InboxEvent.LineChanged;

    private static async Task<Dictionary<Id<Conversation>, ConversationRow>> RowsAsync(
        InboxDb db,
        List<InboxEvent> changes
    )
    {
        var ids = changes
            .OfType<InboxEvent.ConversationChanged>()
            .Select(c => c.Row.Id)
            .ToHashSet();
        return ids.Count == 0
            ? []
            : await db
                .Conversations.AsNoTracking()
                .Where(c => ids.Contains(c.Id))
                .ToDictionaryAsync(c => c.Id, ConversationRow.Of);
    }

    private static async Task<Dictionary<Id<Message>, MessageView>> MessagesAsync(
        InboxDb db,
        List<InboxEvent> changes
    )
    {
        var ids = changes.OfType<InboxEvent.MessageChanged>().Select(c => c.Message.Id).ToHashSet();
        return ids.Count == 0
            ? []
            : await db
                .Messages.AsNoTracking()
                .Include(m => m.Attachments)
                .Where(m => ids.Contains(m.Id))
                .ToDictionaryAsync(m => m.Id, MessageView.Of);
    }
}
