using System.Buffers;
using Clinic.Inbox.Api;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// What else mentions a conversation's messages: receipts that came early or late, bodies in quarantine, and answers
/// kept for a repeated API call, which hold the text.
/// </summary>
internal sealed class DeletionTraces
{
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    );

    private readonly List<Id<ParkedReceipt>> _receipts = [];
    private readonly List<Id<QuarantineEntry>> _quarantined = [];
    private readonly List<string> _answers = [];

    /// <summary>Of each of these conversations. Reads every such body once for all of them, outside the writer's transaction.</summary>
    public static async Task<IReadOnlyDictionary<Id<Conversation>, DeletionTraces>> FindAsync(
        InboxDb db,
        IReadOnlyCollection<Id<Conversation>> conversations,
        CancellationToken cancellation
    )
    {
        var found = conversations.ToDictionary(id => id, _ => new DeletionTraces());
        var lookup = (await NamesAsync(db, conversations, cancellation)).GetAlternateLookup<
            ReadOnlySpan<char>
        >();
        await FindAsync(
            db.ParkedReceipts.Select(r => new Body<Id<ParkedReceipt>>(r.Id, r.RawBody)),
            traces => traces._receipts
        );
        await FindAsync(
            db.Quarantine.Select(q => new Body<Id<QuarantineEntry>>(q.Id, q.RawBody)),
            traces => traces._quarantined
        );
        await FindAsync(
            db.IdempotentAnswers.Where(a => a.Body != null)
                .Select(a => new Body<string>(a.Key, a.Body!)),
            traces => traces._answers
        );
        return found;

        async Task FindAsync<T>(IQueryable<Body<T>> bodies, Func<DeletionTraces, List<T>> kind)
        {
            await foreach (var body in bodies.AsAsyncEnumerable().WithCancellation(cancellation))
            {
                foreach (var id in Mentioned(body.Text, lookup))
                {
                    kind(found[id]).Add(body.Key);
                }
            }
        }
    }

    /// <summary>Deletes them in the caller's transaction.</summary>
    public async Task DeleteAsync(InboxDb db)
    {
        await db.ParkedReceipts.Where(r => _receipts.Contains(r.Id)).ExecuteDeleteAsync();
        await db.Quarantine.Where(q => _quarantined.Contains(q.Id)).ExecuteDeleteAsync();
        await db.IdempotentAnswers.Where(a => _answers.Contains(a.Key)).ExecuteDeleteAsync();
    }

    /// <summary>By what the conversations and their messages are called: here, and by the carrier.</summary>
    private static async Task<Dictionary<string, Id<Conversation>>> NamesAsync(
        InboxDb db,
        IReadOnlyCollection<Id<Conversation>> conversations,
        CancellationToken cancellation
    )
    {
        var names = conversations.ToDictionary(id => id.ToString(), StringComparer.Ordinal);
        var ids = conversations.Select(id => (Id<Conversation>?)id).ToList();
        var messages = await db
            .Messages.Where(m => ids.Contains(m.ConversationId))
            .Select(m => new
            {
                m.Id,
                m.CarrierId,
                m.ConversationId,
            })
            .ToListAsync(cancellation);
        foreach (var message in messages)
        {
            var of = message.ConversationId!.Value;
            names.TryAdd(message.Id.ToString(), of);
            names.TryAdd(message.CarrierId ?? message.Id.ToString(), of);
        }
        return names;
    }

    /// <summary>Whose names stand in the text as whole words.</summary>
    private static HashSet<Id<Conversation>> Mentioned(
        ReadOnlySpan<char> text,
        Dictionary<string, Id<Conversation>>.AlternateLookup<ReadOnlySpan<char>> names
    )
    {
        var mentioned = new HashSet<Id<Conversation>>();
        while (text.IndexOfAny(IdCharacters) is >= 0 and var start)
        {
            text = text[start..];
            var end = text.IndexOfAnyExcept(IdCharacters) is >= 0 and var found
                ? found
                : text.Length;
            if (names.TryGetValue(text[..end], out var of))
            {
                mentioned.Add(of);
            }
            text = text[end..];
        }
        return mentioned;
    }

    private sealed record Body<T>(T Key, string Text);
}
