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
    /// <summary>Lower goes first: one YES must not answer two questions. See <see cref="FollowUpTurn"/>.</summary>
    int Turn { get; }

    Task FollowAsync(WriteSession session, StoredText text);
}

/// <summary>Who looks at a client's text before whom.</summary>
public static class FollowUpTurn
{
    /// <summary>Consent: a YES that the clinic asked for by a text of the system.</summary>
    public const int Consent = 10;

    /// <summary>An appointment that is confirmed.</summary>
    public const int Appointment = 20;

    /// <summary>Answers that any text gets: closed, not read.</summary>
    public const int Anything = 30;

    /// <summary>What is said where nobody else had anything to say: that a line is not read.</summary>
    public const int Otherwise = 40;
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

    /// <summary>Somebody whose turn was earlier took it as the answer to a question of theirs.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>It did what it asked for, a visit is confirmed: nobody has to be told that it was not read.</summary>
    public bool IsUnderstood { get; set; }
}
