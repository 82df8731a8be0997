using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>All that an opened conversation shows.</summary>
/// <param name="Messages">The newest, oldest first.</param>
/// <param name="HasOlder">There are more before the first of <paramref name="Messages"/>.</param>
/// <param name="Earlier">Closed conversations of the same line and number, oldest first.</param>
public sealed record OpenedConversation(
    ConversationRow Row,
    IReadOnlyList<MessageView> Messages,
    bool HasOlder,
    IReadOnlyList<EarlierConversation> Earlier,
    ComposerState Composer,
    ThreadPeople People
);

/// <summary>A closed conversation, folded.</summary>
public sealed record EarlierConversation(
    Id<Conversation> Id,
    DateTimeOffset From,
    DateTimeOffset To,
    int Messages
);

/// <summary>Who is behind a conversation's number.</summary>
/// <param name="Patients">Names of the client's living patients.</param>
/// <param name="Owners">How many clients have the number.</param>
public sealed record ThreadPeople(IReadOnlyList<string> Patients, int Owners);

/// <summary>Reads an opened conversation. Nothing here changes anything.</summary>
public sealed class ThreadQueries(IDbContextFactory<InboxDb> databases, InboxQueries inbox)
{
    /// <summary>How many messages a thread opens with.</summary>
    public const int PageSize = 50;

    /// <summary>How many come with each look further back: who goes back wants to go far.</summary>
    public const int OlderSize = 200;

    /// <summary>Null when it is not there (any more).</summary>
    public async Task<OpenedConversation?> OpenAsync(
        Id<Conversation> id,
        CancellationToken cancellation
    )
    {
        if (
            await inbox.FindAsync(id, cancellation) is not { } row
            || await inbox.ComposerAsync(id, cancellation) is not { } composer
        )
        {
            return null;
        }
        var (messages, hasOlder) = await PageAsync(id, before: null, cancellation);
        return new OpenedConversation(
            row,
            messages,
            hasOlder,
            await EarlierAsync(row, cancellation),
            composer,
            await PeopleAsync(row, cancellation)
        );
    }

    /// <summary>
    /// The messages before <paramref name="before"/> back to <paramref name="text"/> and some more, oldest first, and whether there
    /// are older ones. Null when the text is not there or lies more than 1,000 messages back.
    /// </summary>
    public async Task<(IReadOnlyList<MessageView> Messages, bool HasOlder)?> BackToAsync(
        Id<Conversation> id,
        Id<Message> text,
        MessageView before,
        CancellationToken cancellation
    )
    {
        const int FurthestBack = 1_000;
        const int Context = 10;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var at = await db
            .Messages.Where(m => m.Id == text && m.ConversationId == id)
            .Select(m => (DateTimeOffset?)m.At)
            .FirstOrDefaultAsync(cancellation);
        if (at is not { } wanted || wanted > before.At)
        {
            return null;
        }
        var count = await db.Messages.CountAsync(
            m => m.ConversationId == id && m.At >= wanted && m.At <= before.At,
            cancellation
        );
        if (count > FurthestBack)
        {
            return null;
        }
        var messages = await inbox.ThreadAsync(id, before, count + Context + 1, cancellation);
        return messages.Count > count + Context
            ? ([.. messages.Skip(1)], true)
            : (messages, HasOlder: false);
    }

    /// <summary>The messages before <paramref name="before"/> (the newest: null), oldest first, and whether there are more.</summary>
    public async Task<(IReadOnlyList<MessageView> Messages, bool HasOlder)> PageAsync(
        Id<Conversation> id,
        MessageView? before,
        CancellationToken cancellation
    )
    {
        var size = before is null ? PageSize : OlderSize;
        var messages = await inbox.ThreadAsync(id, before, size + 1, cancellation);
        return messages.Count > size ? ([.. messages.Skip(1)], true) : (messages, HasOlder: false);
    }

    public async Task<ThreadPeople> PeopleAsync(ConversationRow row, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var patients = row.ClientId is { } client
            ? await db
                .Patients.Where(p => p.ClientId == client && !p.Deceased)
                .OrderBy(p => p.Name)
                .Select(p => p.Name)
                .ToListAsync(cancellation)
            : [];
        return new ThreadPeople(
            patients,
            await db.ClientPhones.CountAsync(p => p.Number == row.Number, cancellation)
        );
    }

    private async Task<IReadOnlyList<EarlierConversation>> EarlierAsync(
        ConversationRow row,
        CancellationToken cancellation
    )
    {
        var rows = await inbox.EarlierAsync(row, cancellation);
        if (rows.Count == 0)
        {
            return [];
        }
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var ids = rows.Select(earlier => (Id<Conversation>?)earlier.Id).ToList();
        var spans = await db
            .Messages.Where(m => ids.Contains(m.ConversationId))
            .GroupBy(m => m.ConversationId)
            .Select(group => new
            {
                Id = group.Key,
                From = group.Min(m => m.At),
                To = group.Max(m => m.At),
                Count = group.Count(),
            })
            .ToListAsync(cancellation);
        return
        [
            .. spans
                .OrderBy(span => span.To)
                .Select(span => new EarlierConversation(
                    span.Id!.Value,
                    span.From,
                    span.To,
                    span.Count
                )),
        ];
    }
}
