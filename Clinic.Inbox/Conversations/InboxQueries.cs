using Clinic.Inbox.AddOns;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>Which conversations to list.</summary>
/// <param name="Search">Words to find, see <see cref="InboxSearch"/>; blank for all.</param>
public sealed record InboxFilter(
    ConversationState? State = ConversationState.Open,
    Id<Line>? LineId = null,
    Id<Client>? ClientId = null,
    string? Search = null,
    bool UnreadOnly = false,
    bool UnassignedOnly = false
)
{
    /// <summary>Something is searched.</summary>
    public bool IsSearch => !string.IsNullOrWhiteSpace(Search);
}

/// <summary>Where a list goes on: the last row that was shown.</summary>
public sealed record InboxCursor(DateTimeOffset LastMessageAt, Id<Conversation> Id);

/// <summary>What the composer must know before somebody writes.</summary>
/// <param name="Gate">Whether a text may leave now, and under which consent or why not.</param>
/// <param name="Suffix">What will be appended, because it is the first text to this number; null: nothing.</param>
public sealed record ComposerState(
    GateDecision Gate,
    string? Suffix,
    bool LineCanConverse,
    string? LinePausedReason
);

/// <summary>Reads the inbox. Nothing here changes anything.</summary>
public sealed class InboxQueries(IDbContextFactory<InboxDb> databases)
{
    /// <summary>
    /// Newest first; at most <paramref name="limit"/> rows after <paramref name="after"/>. What is searched is not looked at
    /// here: <see cref="InboxSearch"/> finds.
    /// </summary>
    public async Task<IReadOnlyList<ConversationRow>> ListAsync(
        InboxFilter filter,
        InboxCursor? after,
        int limit,
        CancellationToken cancellation
    )
    {
        if (filter is { State: null, ClientId: null })
        {
            // Open and closed stand apart in the index: each is read in its order, and both are put together.
            var open = filter with
            {
                State = ConversationState.Open,
            };
            var closed = filter with { State = ConversationState.Closed };
            return
            [
                .. (await ListAsync(open, after, limit, cancellation))
                    .Concat(await ListAsync(closed, after, limit, cancellation))
                    .OrderByDescending(row => row.LastMessageAt)
                    .ThenByDescending(row => row.Id.Value)
                    .Take(limit),
            ];
        }
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = Matching(db, filter);
        if (after is not null)
        {
            // The id as text: EF knows no type for a cast parameter.
            var (at, id) = (after.LastMessageAt, after.Id.ToString());
            // The first condition says no more than the second, but an index can begin there.
            found = found.Where(c =>
                c.LastMessageAt <= at
                && (
                    c.LastMessageAt < at
                    || (c.LastMessageAt == at && string.Compare((string)(object)c.Id, id) < 0)
                )
            );
        }
        var rows = await found
            .OrderByDescending(c => c.LastMessageAt)
            .ThenByDescending(c => c.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(ConversationRow.Of)];
    }

    public async Task<ConversationRow?> FindAsync(
        Id<Conversation> id,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = await db
            .Conversations.AsNoTracking()
            .FirstOrDefaultAsync(c => c.Id == id, cancellation);
        return found is null ? null : ConversationRow.Of(found);
    }

    /// <summary>Unread texts in all open conversations of lines that have an inbox.</summary>
    public async Task<int> UnreadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await FreshChanges.UnreadAsync(db, cancellation);
    }

    /// <summary>
    /// The newest <paramref name="limit"/> messages of a conversation before <paramref name="before"/> (all: null), oldest
    /// first.
    /// </summary>
    public async Task<IReadOnlyList<MessageView>> ThreadAsync(
        Id<Conversation> id,
        MessageView? before,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var found = db
            .Messages.AsNoTracking()
            .Include(m => m.Attachments)
            .Where(m => m.ConversationId == id);
        if (before is not null)
        {
            var (at, lastId) = (before.At, before.Id.ToString());
            // The first condition says no more than the second, but the index can begin there.
            found = found.Where(m =>
                m.At <= at
                && (m.At < at || (m.At == at && string.Compare((string)(object)m.Id, lastId) < 0))
            );
        }
        var newest = await found
            .OrderByDescending(m => m.At)
            .ThenByDescending(m => m.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        newest.Reverse();
        return [.. newest.Select(MessageView.Of)];
    }

    /// <summary>Earlier, closed conversations of the same line and number, newest first: shown folded above the thread.</summary>
    public async Task<IReadOnlyList<ConversationRow>> EarlierAsync(
        ConversationRow row,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var earlier = await db
            .Conversations.AsNoTracking()
            .Where(c =>
                c.LineId == row.LineId
                && c.Number == row.Number
                && c.State == ConversationState.Closed
                && c.Id != row.Id
            )
            .ToListAsync(cancellation);
        // Sorted here: asked for an order, SQLite would take the index of the line's list and read through all of it.
        return
        [
            .. earlier.OrderByDescending(c => c.LastMessageAt).Take(50).Select(ConversationRow.Of),
        ];
    }

    /// <summary>Clients who have this number: more than one when it is shared.</summary>
    public async Task<IReadOnlyList<Client>> OwnersAsync(
        PhoneNumber number,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Clients.AsNoTracking()
            .Include(c => c.Phones.OrderBy(p => p.Position))
            .Where(c => c.Phones.Any(p => p.Number == number))
            .OrderBy(c => c.LastName)
            .Take(10)
            .ToListAsync(cancellation);
    }

    public async Task<ComposerState?> ComposerAsync(
        Id<Conversation> id,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var conversation = await db
            .Conversations.AsNoTracking()
            .FirstOrDefaultAsync(c => c.Id == id, cancellation);
        if (conversation is null)
        {
            return null;
        }
        var line = await db
            .Lines.AsNoTracking()
            .SingleAsync(l => l.Id == conversation.LineId, cancellation);
        var owners = await ClientsOfNumber.FindAsync(
            db,
            conversation.Number,
            conversation.ClientId,
            cancellation
        );
        return new ComposerState(
            await ConsentGate.DecideAsync(
                db,
                conversation.Number,
                owners,
                Purpose.Conversation,
                cancellation
            ),
            (await Outbox.GreetingForAsync(db, conversation.Number, cancellation))?.Text,
            line.CanConverse,
            line.PausedReason
        );
    }

    /// <summary>What the gate says of a text that staff would write to this number.</summary>
    /// <param name="clientId">Whose conversation it would be; null: nobody's yet.</param>
    public async Task<GateDecision> GateAsync(
        PhoneNumber number,
        Id<Client>? clientId,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await ConsentGate.DecideAsync(
            db,
            number,
            await ClientsOfNumber.FindAsync(db, number, clientId, cancellation),
            Purpose.Conversation,
            cancellation
        );
    }

    public async Task<IReadOnlyList<Line>> LinesAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Lines.AsNoTracking()
            .Where(l => l.ReleasedAt == null)
            .OrderBy(l => l.CreatedAt)
            .ToListAsync(cancellation);
    }

    /// <summary>What a filter lets through, whatever it searches.</summary>
    internal static IQueryable<Conversation> Matching(InboxDb db, InboxFilter filter)
    {
        var found = db.Conversations.AsNoTracking();
        found = filter.State is { } state ? found.Where(c => c.State == state) : found;
        found = filter.LineId is { } line ? found.Where(c => c.LineId == line) : found;
        found = filter.ClientId is { } client ? found.Where(c => c.ClientId == client) : found;
        found = filter.UnreadOnly ? found.Where(c => c.Unread > 0) : found;
        found = filter.UnassignedOnly ? found.Where(c => c.ClientId == null) : found;
        return found;
    }
}
