using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>Reads a thread from its beginning, page by page, as other systems do.</summary>
public sealed class ThreadPages(IDbContextFactory<InboxDb> databases)
{
    /// <summary>Oldest first; at most <paramref name="limit"/> messages after <paramref name="after"/> (null: from the start).</summary>
    public async Task<IReadOnlyList<MessageView>> ReadAsync(
        Id<Conversation> id,
        (DateTimeOffset At, Id<Message> Id)? after,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = db
            .Messages.AsNoTracking()
            .Include(m => m.Attachments)
            .Where(m => m.ConversationId == id);
        if (after is var (at, lastId))
        {
            // As text: EF knows no type for a cast parameter.
            var last = lastId.ToString();
            found = found.Where(m =>
                m.At > at || (m.At == at && string.Compare((string)(object)m.Id, last) > 0)
            );
        }
        var messages = await found
            .OrderBy(m => m.At)
            .ThenBy(m => m.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. messages.Select(MessageView.Of)];
    }
}
