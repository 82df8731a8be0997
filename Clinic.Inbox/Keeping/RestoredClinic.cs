using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Keeping;

/// <summary>What became of a database that came back.</summary>
/// <param name="Texts">How many texts wait for a decision.</param>
/// <param name="Since">What happened since the backup and holds again; null: nobody could tell.</param>
internal sealed record Settled(int Texts, Since? Since);

/// <summary>What happened since the backup and holds again.</summary>
/// <param name="Deleted">Conversations.</param>
/// <param name="OptedOut">Numbers.</param>
internal sealed record Since(int Deleted, int OptedOut);

/// <summary>
/// What must happen to a database that comes back from the past before anybody works with it: nothing is sent a second time
/// or to who opted out since, what was deleted since stays deleted, and nobody is signed in.
/// </summary>
internal sealed class RestoredClinic(
    InboxWriter writer,
    DeletingConversations deleting,
    IDbContextFactory<InboxDb> databases
)
{
    public const string MayHaveLeft =
        "It waited when the backup was made and may have left since. Ask the client, or send it again.";

    public const string MayHaveReminded =
        "It was due between the backup and its return, and may have been sent then.";

    /// <param name="former">Null: there was no database before, or none that could be read.</param>
    public async Task<Settled> SettleAsync(
        BackupManifest manifest,
        FormerClinic? former,
        CancellationToken cancellation
    )
    {
        var texts = await writer.RunAsync(session => HoldAsync(session, manifest), cancellation);
        if (former is null || !await IsSameAsync(former, cancellation))
        {
            return new Settled(texts, Since: null);
        }
        var optedOut = await writer.RunAsync(
            session => RememberAsync(session, former),
            cancellation
        );
        var again = 0;
        foreach (var id in await StillThereAsync(former.Deleted, cancellation))
        {
            again +=
                await deleting.DeleteAsync(id, Actor.Console, cancellation) == DeskResult.Done
                    ? 1
                    : 0;
        }
        return new Settled(texts, new Since(again, optedOut));
    }

    /// <summary>An app that was started once without the backup has a clinic too, and knows nothing of this one.</summary>
    private async Task<bool> IsSameAsync(FormerClinic former, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Lines.AnyAsync(l => former.Lines.Contains(l.Id), cancellation);
    }

    /// <summary>Returns how many numbers are opted out again.</summary>
    private static async Task<int> RememberAsync(WriteSession session, FormerClinic former)
    {
        await ForgottenText.KeepAsync(session, former.Forgotten);
        var known = (await session.Db.OptOutRecords.Select(o => o.Id).ToListAsync()).ToHashSet();
        var since = former.OptOuts.Where(o => !known.Contains(o.Id)).ToList();
        foreach (var optOut in since)
        {
            await OptOuts.OptOutAsync(
                session,
                optOut.Number,
                optOut.Source,
                optOut.By,
                optOut.At,
                // It was confirmed then.
                confirmOn: null,
                CancellationToken.None
            );
        }
        return since.DistinctBy(o => o.Number).Count();
    }

    private static async Task<int> HoldAsync(WriteSession session, BackupManifest manifest)
    {
        var db = session.Db;
        var now = session.Now;
        var texts = await db
            .Messages.Where(m =>
                m.Direction == MessageDirection.Outbound
                && (m.State == MessageState.Queued || m.State == MessageState.Sending)
            )
            .ExecuteUpdateAsync(m =>
                m.SetProperty(x => x.State, MessageState.Unconfirmed)
                    .SetProperty(x => x.Error, MayHaveLeft)
            );
        var reminders = await db
            .PlannedReminders.Where(p =>
                (p.State == ReminderState.Planned || p.State == ReminderState.Held)
                && p.DueAt <= now
            )
            .ExecuteUpdateAsync(p =>
                p.SetProperty(x => x.State, ReminderState.Missed)
                    .SetProperty(x => x.Reason, MayHaveReminded)
                    .SetProperty(x => x.SettledAt, now)
            );
        await db
            .OutgoingEmails.Where(e => e.DueAt != null)
            .ExecuteUpdateAsync(e =>
                e.SetProperty(x => x.DueAt, (DateTimeOffset?)null)
                    .SetProperty(x => x.Error, MayHaveLeft)
            );
        await db.LineLeases.ExecuteDeleteAsync();
        await PutEverybodyOutAsync(db, now);
        session.Note(
            Actor.Console,
            "backup.restored",
            manifest.MadeAt.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss'Z'",
                System.Globalization.CultureInfo.InvariantCulture
            ),
            $"{texts} texts and {reminders} reminders that may have left"
        );
        await db.SaveChangesAsync();
        return texts;
    }

    /// <summary>Sessions that were ended since, and links that were used, would open again.</summary>
    private static async Task PutEverybodyOutAsync(InboxDb db, DateTimeOffset now)
    {
        await db
            .UserSessions.Where(s => s.EndedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.EndedAt, now));
        foreach (var user in await db.Users.ToListAsync())
        {
            user.EndSessions();
        }
    }

    private async Task<List<Id<Conversation>>> StillThereAsync(
        IReadOnlyList<string> deleted,
        CancellationToken cancellation
    )
    {
        var ids = deleted
            .Select(text =>
                Id<Conversation>.TryParse(text, provider: null, out var id) ? id : default
            )
            .Where(id => id != default)
            .ToList();
        var found = new List<Id<Conversation>>();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        foreach (var some in ids.Chunk(500))
        {
            found.AddRange(
                await db
                    .Conversations.Where(c => some.Contains(c.Id))
                    .Select(c => c.Id)
                    .ToListAsync(cancellation)
            );
        }
        return found;
    }
}
