using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.AfterHours;

/// <summary>An email that waits to be sent, was sent, or was given up.</summary>
public sealed class OutgoingEmail
{
    private OutgoingEmail() { }

    public OutgoingEmail(
        Id<OutgoingEmail> id,
        string to,
        string subject,
        string body,
        DateTimeOffset at
    )
    {
        Id = id;
        To = to;
        Subject = subject;
        Body = body;
        CreatedAt = at;
        DueAt = at;
    }

    public Id<OutgoingEmail> Id { get; private set; }
    public string To { get; private set; } = "";
    public string Subject { get; private set; } = "";

    /// <summary>Plain text.</summary>
    public string Body { get; private set; } = "";

    /// <summary>Of which it tells, and with which it is deleted; null: of none.</summary>
    public Id<Conversation>? ConversationId { get; init; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When it is tried (again); null once it was sent or given up.</summary>
    public DateTimeOffset? DueAt { get; private set; }
    public int Attempts { get; private set; }
    public DateTimeOffset? SentAt { get; private set; }

    /// <summary>Why the last attempt failed; empty when none did.</summary>
    public string Error { get; private set; } = "";

    /// <summary>It is being sent; tried again then, if nobody comes back to say how it went.</summary>
    public void Begin(DateTimeOffset again) => DueAt = again;

    public void Sent(DateTimeOffset at) => (SentAt, DueAt, Error) = (at, null, "");

    /// <param name="again">When to try again; null: never.</param>
    public void Failed(string why, DateTimeOffset? again)
    {
        Attempts++;
        Error = why;
        DueAt = again;
    }
}
