using Clinic.Inbox.Data;

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
    ) =>
        session.Db.Audit.Add(
            new AuditEntry(
                Id<AuditEntry>.New(session.Now),
                session.Now,
                actor,
                action,
                subject,
                detail
            )
        );
}
