using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Conversations;

/// <summary>Puts a signed body aside that nobody could understand or place.</summary>
internal static class QuarantineKeeping
{
    /// <summary>
    /// Each body once: whoever caught a signed webhook can send it again as often as they like, to the other address too,
    /// and must not fill the disk with it.
    /// </summary>
    public static async Task KeepAsync(
        WriteSession session,
        string kind,
        string reason,
        string rawBody
    )
    {
        var entry = new QuarantineEntry(
            Id<QuarantineEntry>.New(session.Now),
            kind,
            reason,
            rawBody,
            session.Now
        );
        await session.LockNameAsync("quarantine " + entry.BodyHash);
        if (
            await session.Db.Quarantine.AnyAsync(q =>
                q.BodyHash == entry.BodyHash && q.Kind == kind
            )
        )
        {
            return;
        }
        session.Db.Quarantine.Add(entry);
        await session.Db.SaveChangesAsync();
    }
}
