using Clinic.Inbox.AddOns;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Keeping;

/// <summary>What the database that a backup replaces knows of the time since, and must not be forgotten.</summary>
/// <param name="Lines">By which it is known whether it is the same clinic's.</param>
/// <param name="Deleted">Conversations that it has deleted; nothing else of them is known.</param>
/// <param name="OptOuts">Of numbers that are opted out now, oldest first.</param>
/// <param name="Forgotten">Hashes of texts that it has deleted.</param>
internal sealed record FormerClinic(
    IReadOnlyList<Id<Line>> Lines,
    IReadOnlyList<string> Deleted,
    IReadOnlyList<OptOutRecord> OptOuts,
    IReadOnlyList<string> Forgotten
)
{
    /// <summary>An opt-out may be this much older than when we learnt of it: the carrier tries again for three days.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromDays(4);

    /// <param name="madeAt">The instant that the backup shows.</param>
    public static async Task<FormerClinic> ReadAsync(
        InboxDb db,
        DateTimeOffset madeAt,
        CancellationToken cancellation
    )
    {
        var since = madeAt - Late;
        return new FormerClinic(
            await db.Lines.Select(l => l.Id).ToListAsync(cancellation),
            await db
                .Audit.Where(a => DeletingConversations.Actions.Contains(a.Action))
                .Select(a => a.Subject)
                .Distinct()
                .ToListAsync(cancellation),
            await db
                .OptOutRecords.AsNoTracking()
                .Where(o => o.OptedOut && o.At > since)
                .Where(o =>
                    db.NumberStandings.Any(n => n.Number == o.Number && n.OptedOutAt != null)
                )
                .OrderBy(o => o.At)
                .ToListAsync(cancellation),
            await db.ForgottenTexts.Select(t => t.Hash).ToListAsync(cancellation)
        );
    }
}
