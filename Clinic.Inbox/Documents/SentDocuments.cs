using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Documents;

/// <summary>What a text with a private link in a thread leads to.</summary>
/// <param name="Href">Where staff see it.</param>
public sealed record SentDocument(
    Id<SharedDocument> Id,
    DocumentKind Kind,
    string Title,
    DocumentState State,
    DateTimeOffset? OpenedAt,
    DateTimeOffset? AnsweredAt,
    string Href
);

/// <summary>Finds what texts with private links lead to.</summary>
public sealed class SentDocuments(IDbContextFactory<InboxDb> databases, TimeProvider clock)
{
    /// <summary>By message; a text without a link of ours is missing.</summary>
    public async Task<IReadOnlyDictionary<Id<Message>, SentDocument>> AboutAsync(
        IReadOnlyCollection<Id<Message>> messages,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var ids = messages.Select(id => (Id<Message>?)id).ToList();
        var found = await db
            .DocumentLinks.Where(l => ids.Contains(l.MessageId))
            .Join(
                db.SharedDocuments,
                l => l.DocumentId,
                d => d.Id,
                (l, d) => new { l.MessageId, Document = d }
            )
            .AsNoTracking()
            .ToListAsync(cancellation);
        var now = clock.GetUtcNow();
        return found.ToDictionary(
            row => row.MessageId!.Value,
            row => new SentDocument(
                row.Document.Id,
                row.Document.Kind,
                row.Document.Title,
                row.Document.StateAt(now),
                row.Document.OpenedAt,
                row.Document.AnsweredAt,
                ClientPaths.Document(row.Document.ClientId, row.Document.Id)
            )
        );
    }
}
