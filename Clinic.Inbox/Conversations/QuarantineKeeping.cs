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
        await session.LockNameAsync("quarantine");
        if (await session.Db.Quarantine.AnyAsync(q => q.Kind == kind && q.RawBody == rawBody))
        {
            return;
        }
        session.Db.Quarantine.Add(
            new QuarantineEntry(
                Id<QuarantineEntry>.New(session.Now),
                kind,
                reason,
                rawBody,
                session.Now
            )
        );
        await session.Db.SaveChangesAsync();
    }
}
