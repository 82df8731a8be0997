using System.Buffers;
using Clinic.Inbox.Api;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// What else mentions a conversation's messages: receipts that came early or late, bodies in quarantine, and answers
/// kept for a repeated API call, which hold the text.
/// </summary>
internal sealed record DeletionTraces(
    IReadOnlyList<Id<ParkedReceipt>> Receipts,
    IReadOnlyList<Id<QuarantineEntry>> Quarantined,
    IReadOnlyList<string> Answers
)
{
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    );

    /// <summary>Reads every such body once, outside the writer's transaction.</summary>
    public static async Task<DeletionTraces> FindAsync(
        InboxDb db,
        Id<Conversation> id,
        CancellationToken cancellation
    )
    {
        var messages = await db
            .Messages.Where(m => m.ConversationId == id)
            .Select(m => new { m.Id, m.CarrierId })
            .ToListAsync(cancellation);
        var names = new HashSet<string>(StringComparer.Ordinal) { id.ToString() };
        foreach (var message in messages)
        {
            names.Add(message.Id.ToString());
            names.Add(message.CarrierId ?? message.Id.ToString());
        }
        var lookup = names.GetAlternateLookup<ReadOnlySpan<char>>();
        var receipts = await FindAsync(
            db.ParkedReceipts.Select(r => new Body<Id<ParkedReceipt>>(r.Id, r.RawBody))
        );
        var quarantined = await FindAsync(
            db.Quarantine.Select(q => new Body<Id<QuarantineEntry>>(q.Id, q.RawBody))
        );
        var answers = await FindAsync(
            db.IdempotentAnswers.Where(a => a.Body != null)
                .Select(a => new Body<string>(a.Key, a.Body!))
        );
        return new(receipts, quarantined, answers);

        async Task<IReadOnlyList<T>> FindAsync<T>(IQueryable<Body<T>> bodies)
        {
            var found = new List<T>();
            await foreach (var body in bodies.AsAsyncEnumerable().WithCancellation(cancellation))
            {
                if (Mentions(body.Text, lookup))
                {
                    found.Add(body.Key);
                }
            }
            return found;
        }
    }

    /// <summary>Deletes them in the caller's transaction.</summary>
    public async Task DeleteAsync(InboxDb db)
    {
        await db.ParkedReceipts.Where(r => Receipts.Contains(r.Id)).ExecuteDeleteAsync();
        await db.Quarantine.Where(q => Quarantined.Contains(q.Id)).ExecuteDeleteAsync();
        await db.IdempotentAnswers.Where(a => Answers.Contains(a.Key)).ExecuteDeleteAsync();
    }

    /// <summary>True when one of the names stands in the text as a whole word.</summary>
    private static bool Mentions(
        ReadOnlySpan<char> text,
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> names
    )
    {
        while (text.IndexOfAny(IdCharacters) is >= 0 and var start)
        {
            text = text[start..];
            var end = text.IndexOfAnyExcept(IdCharacters) is >= 0 and var found
                ? found
                : text.Length;
            if (names.Contains(text[..end]))
            {
                return true;
            }
            text = text[end..];
        }
        return false;
    }

    private sealed record Body<T>(T Key, string Text);
}
