using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Settings;

/// <summary>A quarantined body as the list shows it, without the body: that may be a megabyte.</summary>
/// <param name="Kind">inbound or status.</param>
/// <param name="Length">Characters of the body.</param>
public sealed record QuarantineRow(
    string Id,
    string Kind,
    string Reason,
    DateTimeOffset At,
    int Length
);

/// <summary>What the carrier signed and we could not understand: kept until an administrator is done with it.</summary>
public sealed class QuarantineBook(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>Characters of a body that are shown.</summary>
    public const int Shown = 20_000;

    /// <summary>Newest first, at most <paramref name="most"/>, and how many there are in all.</summary>
    public async Task<(IReadOnlyList<QuarantineRow> Rows, int Total)> ListAsync(
        int most,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db
            .Quarantine.OrderByDescending(q => q.At)
            .ThenByDescending(q => q.Id)
            .Take(most)
            .Select(q => new
            {
                q.Id,
                q.Kind,
                q.Reason,
                q.At,
                q.RawBody.Length,
            })
            .ToListAsync(cancellation);
        var total = rows.Count < most ? rows.Count : await db.Quarantine.CountAsync(cancellation);
        return (
            [
                .. rows.Select(q => new QuarantineRow(
                    q.Id.ToString(),
                    q.Kind,
                    q.Reason,
                    q.At,
                    q.Length
                )),
            ],
            total
        );
    }

    /// <summary>The body's first <see cref="Shown"/> characters; null when it is gone.</summary>
    public async Task<string?> BodyAsync(Id<QuarantineEntry> id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .Quarantine.Where(q => q.Id == id)
            .Select(q => q.RawBody.Substring(0, Shown))
            .SingleOrDefaultAsync(cancellation);
    }

    /// <summary>Deletes it for good; that it was, and by whom, stays in the audit log. False when it is gone already.</summary>
    public Task<bool> RemoveAsync(
        Id<QuarantineEntry> id,
        Actor by,
        CancellationToken cancellation
    ) =>
        writer.RunAsync(
            async session =>
            {
                if (
                    await session.Db.Quarantine.SingleOrDefaultAsync(q => q.Id == id)
                    is not { } entry
                )
                {
                    return false;
                }
                session.Db.Quarantine.Remove(entry);
                session.Note(by, "quarantine.removed", id.ToString(), entry.Kind);
                await session.Db.SaveChangesAsync();
                return true;
            },
            cancellation
        );
}
