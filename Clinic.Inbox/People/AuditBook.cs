using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Clinic.Inbox.People;

/// <summary>Writes down who did what, in the transaction that does it.</summary>
public static class AuditBook
{
    /// <param name="action">For example <c>conversation.deleted</c>.</param>
    /// <param name="subject">The id of what it was done to.</param>
    /// <param name="detail">Ids and counts; never a text that was sent or received.</param>
    public static void Note(
        this WriteSession session,
        Actor actor,
        string action,
        string subject,
        string detail = ""
    ) => session.Db.Note(session.Now, actor, action, subject, detail);

    /// <summary>
    /// The same where Identity's store saves it together with what is done: both or neither.
    /// </summary>
    internal static EntityEntry<AuditEntry> Note(
        this InboxDb db,
        DateTimeOffset now,
        Actor actor,
        string action,
        string subject,
        string detail = ""
    ) => db.Audit.Add(new AuditEntry(Id<AuditEntry>.New(now), now, actor, action, subject, detail));
}
