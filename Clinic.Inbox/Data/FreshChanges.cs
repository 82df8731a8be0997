using Clinic.Inbox.AddOns;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Data;

/// <summary>Reads what was changed as it is now, after its commit, for transactions that ran beside others.</summary>
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
    /// The changes as the database has them now. What was deleted meanwhile is left out: its own change tells.
    /// </summary>
    public static async Task<List<InboxEvent>> ReadAsync(
        InboxDb db,
        IReadOnlyList<FeedMark> changes
    )
    {
        var conversationIds = changes.OfType<ConversationMark>().Select(c => c.Id).ToHashSet();
        var messageIds = changes.OfType<MessageMark>().Select(c => c.Id).ToHashSet();
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
            InboxEvent? now = change switch
            {
                ConversationMark c => rows.TryGetValue(c.Id, out var row)
                    ? new InboxEvent.ConversationChanged(row, c.Flash)
                    : null,
                MessageMark m => messages.TryGetValue(m.Id, out var message)
                    ? new InboxEvent.MessageChanged(m.ConversationId, message)
                    : null,
                CountMark => new InboxEvent.CountChanged(
                    await UnreadAsync(db, CancellationToken.None)
                ),
                OtherMark other => other.Change,
                _ => throw new InvalidOperationException($"{change.GetType().Name} is not known."),
            };
            if (now is not null)
            {
                fresh.Add(now);
            }
        }
        return fresh;
    }
}
