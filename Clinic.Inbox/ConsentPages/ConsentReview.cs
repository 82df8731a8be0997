using Clinic.Inbox.Clients;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.ConsentPages;

/// <summary>A consent that is old enough to be asked about.</summary>
/// <param name="Number">The client's mobile; null: none.</param>
/// <param name="Delays">How often it was put off.</param>
public sealed record DueConsent(
    Id<ConsentRecord> Id,
    Id<Client> ClientId,
    string Client,
    PhoneNumber? Number,
    ConsentCategory Category,
    ConsentMethod Method,
    DateTimeOffset At,
    string By,
    int Delays
);

/// <summary>
/// Consents that hold and are older than the clinic has chosen: a list to work through. Nothing of the book is changed:
/// each outcome is an entry of its own.
/// </summary>
public sealed class ConsentReview(
    InboxWriter writer,
    IDbContextFactory<InboxDb> databases,
    ConsentBook book,
    ConsentSettingsBook settings,
    TimeProvider clock
)
{
    /// <summary>How long "ask later" puts a consent off.</summary>
    public const int MonthsLater = 3;

    /// <summary>The oldest first.</summary>
    /// <param name="most">Rows at most; the count says how many there are in all.</param>
    public async Task<(IReadOnlyList<DueConsent> Rows, int Count)> DueAsync(
        int most,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var due = await DueAsync(db, cancellation);
        var count = await due.CountAsync(cancellation);
        var rows = await due.OrderBy(c => c.At)
            .ThenBy(c => c.Id)
            .Take(most)
            .ToListAsync(cancellation);
        var clientIds = rows.ConvertAll(c => c.ClientId);
        var clients = await db
            .Clients.AsNoTracking()
            .Include(c => c.Phones.OrderBy(p => p.Position))
            .Where(c => clientIds.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, cancellation);
        var ids = rows.ConvertAll(c => c.Id);
        var delays = await db
            .ReviewDelays.Where(d => ids.Contains(d.ConsentId))
            .GroupBy(d => d.ConsentId)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellation);
        return (
            [
                .. rows.Select(c => new DueConsent(
                    c.Id,
                    c.ClientId,
                    clients[c.ClientId].FullName,
                    clients[c.ClientId].Mobile,
                    c.Category,
                    c.Method,
                    c.At,
                    c.By,
                    delays.GetValueOrDefault(c.Id)
                )),
            ],
            count
        );
    }

    public async Task<int> CountAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await (await DueAsync(db, cancellation)).CountAsync(cancellation);
    }

    /// <summary>The client was asked and still agrees, to the words as they are now.</summary>
    public async Task<ConsentResult> StillAsync(
        Id<Client> clientId,
        ConsentCategory category,
        ConsentMethod method,
        Actor by,
        CancellationToken cancellation
    ) =>
        await book.RecordAsync(
            clientId,
            category,
            method,
            await settings.TermsAsync(category, cancellation),
            clock.GetUtcNow(),
            by,
            cancellation
        );

    /// <summary>The client was asked and does not agree any more.</summary>
    public Task<ConsentResult> WithdrawnAsync(
        Id<Client> clientId,
        ConsentCategory category,
        Actor by,
        CancellationToken cancellation
    ) => book.WithdrawAsync(clientId, category, by, cancellation);

    /// <summary>The client could not be asked: the consent comes up again in <see cref="MonthsLater"/> months.</summary>
    public Task LaterAsync(Id<ConsentRecord> id, Actor by, CancellationToken cancellation) =>
        writer.RunAsync(
            async session =>
            {
                session.Db.ReviewDelays.Add(
                    new ReviewDelay(
                        Id<ReviewDelay>.New(session.Now),
                        id,
                        session.Now.AddMonths(MonthsLater),
                        session.Now,
                        by.Name
                    )
                );
                session.Note(by, "consent.reviewDelayed", id.ToString());
                await session.Db.SaveChangesAsync();
            },
            cancellation
        );

    /// <summary>What holds (<see cref="ConsentGate.HoldingAsync"/>), is old, and was not put off.</summary>
    private async Task<IQueryable<ConsentRecord>> DueAsync(
        InboxDb db,
        CancellationToken cancellation
    )
    {
        var chosen = await db.SettingAsync(
            ConsentSettings.Key,
            ConsentSettings.Default,
            cancellation
        );
        var now = clock.GetUtcNow();
        var before = now.AddMonths(-chosen.ReviewMonths);
        return db
            .ConsentRecords.AsNoTracking()
            .Where(c => c.Action == ConsentAction.Granted && c.At < before)
            .Where(c => db.Clients.Any(x => x.Id == c.ClientId))
            .Where(c =>
                !db.ConsentRecords.Any(n =>
                    n.ClientId == c.ClientId
                    && n.Category == c.Category
                    && (
                        n.At > c.At
                        || n.At == c.At
                            && (
                                n.Action == ConsentAction.Withdrawn
                                || string.Compare((string)(object)n.Id, (string)(object)c.Id) > 0
                            )
                    )
                )
            )
            .Where(c => !db.ReviewDelays.Any(d => d.ConsentId == c.Id && d.Until > now));
    }
}
