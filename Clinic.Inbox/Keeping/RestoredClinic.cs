using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.People;
using Clinic.Inbox.Reminders;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Keeping;

/// <summary>
/// What must happen to a database that comes back from the past before anybody works with it: nothing is sent a second time,
/// and what was deleted since stays deleted.
/// </summary>
internal sealed class RestoredClinic(
    InboxWriter writer,
    DeletingConversations deleting,
    IDbContextFactory<InboxDb> databases
)
{
    /// <summary>Who acts at the server itself.</summary>
    public static readonly Actor Console = new("console", "The server's console");

    public const string MayHaveLeft =
        "It waited when the backup was made and may have left since. Ask the client, or send it again.";

    public const string MayHaveReminded =
        "It was due between the backup and its return, and may have been sent then.";

    /// <summary>Which conversations a database has deleted; nothing else of them is known.</summary>
    public static async Task<IReadOnlyList<string>> DeletedAsync(
        InboxDb db,
        CancellationToken cancellation
    ) =>
        await db
            .Audit.Where(a => DeletingConversations.Actions.Contains(a.Action))
            .Select(a => a.Subject)
            .Distinct()
            .ToListAsync(cancellation);

    /// <returns>How many texts wait for a decision, and how many conversations were deleted again.</returns>
    public async Task<(int Texts, int Deleted)> SettleAsync(
        BackupManifest manifest,
        IReadOnlyList<string> deleted,
        CancellationToken cancellation
    )
    {
        var texts = await writer.RunAsync(session => HoldAsync(session, manifest), cancellation);
        var again = 0;
        foreach (var id in await StillThereAsync(deleted, cancellation))
        {
            again +=
                await deleting.DeleteAsync(id, Console, cancellation) == DeskResult.Done ? 1 : 0;
        }
        return (texts, again);
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
        session.Note(
            Console,
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
