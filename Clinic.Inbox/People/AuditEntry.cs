using Clinic.Inbox.Data;

namespace Clinic.Inbox.People;

/// <summary>Who did what, when. Append-only; never holds a message's text.</summary>
public sealed class AuditEntry
{
    private AuditEntry() { }

    public AuditEntry(
        Id<AuditEntry> id,
        DateTimeOffset at,
        Actor actor,
        string action,
        string subject,
        string detail
    )
    {
        Id = id;
        At = at;
        ActorId = actor.Id;
        ActorName = actor.Name;
        Action = action;
        Subject = subject;
        Detail = detail;
    }

    public Id<AuditEntry> Id { get; private set; }
    public DateTimeOffset At { get; private set; }
    public string ActorId { get; private set; } = "";
    public string ActorName { get; private set; } = "";

    /// <summary>For example <c>conversation.deleted</c>.</summary>
    public string Action { get; private set; } = "";

    /// <summary>The id of what it was done to.</summary>
    public string Subject { get; private set; } = "";
    public string Detail { get; private set; } = "";
}

/// <summary>Who acts: a signed-in person, an API key, or the system itself.</summary>
public sealed record Actor(string Id, string Name)
{
    public static readonly Actor System = new("system", "Clinic.Inbox");

    /// <summary>Who acts at the server itself, by a command.</summary>
    public static readonly Actor Console = new("console", "The server's console");
}
