using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.AfterHours;

/// <summary>A conversation was answered for the clinic while it was closed: once for each closed period.</summary>
public sealed class AutoResponse
{
    private AutoResponse() { }

    public AutoResponse(
        Id<Conversation> conversationId,
        DateTimeOffset closedSince,
        DateTimeOffset at
    )
    {
        ConversationId = conversationId;
        ClosedSince = closedSince;
        At = at;
    }

    public Id<Conversation> ConversationId { get; private set; }

    /// <summary>When the clinic closed: the name of the closed period.</summary>
    public DateTimeOffset ClosedSince { get; private set; }
    public DateTimeOffset At { get; private set; }
}
