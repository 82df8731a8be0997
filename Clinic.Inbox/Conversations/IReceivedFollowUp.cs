using Clinic.Inbox.AddOns;
using Clinic.Inbox.Consent;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Conversations;

/// <summary>
/// What follows a client's text in the transaction that stores it: the answer of a closed clinic, an appointment that is
/// confirmed. Whoever has nothing to do returns without asking the database: this is the hot path.
/// </summary>
public interface IReceivedFollowUp
{
    Task FollowAsync(WriteSession session, StoredText text);
}

/// <summary>A client's text, stored but not committed yet.</summary>
/// <param name="Row">Its conversation as it is now.</param>
/// <param name="At">When the client sent it.</param>
public sealed record StoredText(
    Id<Message> Id,
    ConversationRow Row,
    PhoneNumber From,
    string Text,
    KeywordMatch Keyword,
    DateTimeOffset At
)
{
    /// <summary>What the line is switched on for.</summary>
    public AddOn LineIsOnFor { get; init; } = AddOn.TwoWay;
}
