using Clinic.Inbox.Conversations;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Data;

/// <summary>Reads what was changed once more, after its commit, for transactions that ran beside others.</summary>
internal static class FreshChanges
{
    // Asked so that SQLite begins with the unread ones: with IN it begins with the lines and reads all of theirs.
    // Where every line has an inbox, which is most often, the lines need not be asked for each of them.
    internal const string UnreadSql = """
        SELECT CAST(CASE WHEN EXISTS (SELECT 1 FROM "Lines" WHERE "AddOn" <> 'TwoWay') THEN (
            SELECT COALESCE(SUM(c."Unread"), 0) FROM "Conversations" c WHERE c."Unread" > 0
              AND EXISTS (SELECT 1 FROM "Lines" l WHERE l."Id" = c."LineId" AND l."AddOn" = 'TwoWay'))
          ELSE (SELECT COALESCE(SUM(c."Unread"), 0) FROM "Conversations" c WHERE c."Unread" > 0) END AS INTEGER) AS "Value"
        """;

    /// <summary>Unread texts on lines that have an inbox: what the light counts.</summary>
    public static Task<int> UnreadAsync(InboxDb db, CancellationToken cancellation) =>
        db.Database.SqlQueryRaw<int>(UnreadSql).SingleAsync(cancellation);

    /// <summary>
    /// The changes as the database has them now, and the desk's count where they touch it. What was deleted meanwhile is left
    /// out: its own change tells.
    /// </summary>
    public static async Task<List<InboxEvent>> ReadAsync(
        InboxDb db,
        IReadOnlyList<FeedMark> changes
    )
    {
        var rows = await RowsAsync(db, changes);
        var messages = await MessagesAsync(db, changes);
        var fresh = new List<InboxEvent>(changes.Count + 1);
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
                // Once, at the end.
                CountMark => null,
                OtherMark other => other.Change,
                _ => throw new InvalidOperationException($"{change.GetType().Name} is not known."),
            };
            if (now is not null)
            {
                fresh.Add(now);
            }
        }
        if (changes.Any(TouchesCount))
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

    private static bool TouchesCount(FeedMark mark) =>
        mark is ConversationMark or CountMark
        || (mark is OtherMark other && TouchesCount(other.Change));

    private static async Task<Dictionary<Id<Conversation>, ConversationRow>> RowsAsync(
        InboxDb db,
        IReadOnlyList<FeedMark> changes
    )
    {
        var ids = changes.OfType<ConversationMark>().Select(c => c.Id).ToHashSet();
        return ids.Count == 0
            ? []
            : await db
                .Conversations.AsNoTracking()
                .Where(c => ids.Contains(c.Id))
                .ToDictionaryAsync(c => c.Id, ConversationRow.Of);
    }

    private static async Task<Dictionary<Id<Message>, MessageView>> MessagesAsync(
        InboxDb db,
        IReadOnlyList<FeedMark> changes
    )
    {
        var ids = changes.OfType<MessageMark>().Select(c => c.Id).ToHashSet();
        return ids.Count == 0
            ? []
            : await db
                .Messages.AsNoTracking()
                .Include(m => m.Attachments)
                .Where(m => ids.Contains(m.Id))
                .ToDictionaryAsync(m => m.Id, MessageView.Of);
    }
}
