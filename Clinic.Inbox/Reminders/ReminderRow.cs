using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

namespace Clinic.Inbox.Reminders;

/// <summary>A reminder as lists show it: with whom and what it is about, and its text.</summary>
/// <param name="Client">Full name.</param>
/// <param name="Patient">Name; null when none is named or it is gone.</param>
/// <param name="Subject">The kind of visit, or what is due; null when that is gone.</param>
/// <param name="VisitAt">When the visit is; null for a medical one.</param>
/// <param name="Message">Its text; null while there is none, or when it was deleted with its conversation.</param>
public sealed record ReminderRow(
    PlannedReminder Reminder,
    string Client,
    string? Patient,
    string? Subject,
    DateTimeOffset? VisitAt,
    Message? Message
)
{
    public Id<PlannedReminder> Id => Reminder.Id;
    public Id<Client> ClientId => Reminder.ClientId;
    public ReminderKind Kind => Reminder.Kind;
    public DateTimeOffset DueAt => Reminder.DueAt;
    public ReminderStanding Standing => ReminderStandings.Of(Reminder, Message);

    /// <summary>Why it stands so, in plain words; empty when nothing is to be said.</summary>
    public string Reason =>
        Message is { State: MessageState.Failed or MessageState.Unconfirmed }
            ? Message.Error ?? "The carrier gave no reason."
            : Reminder.Reason;

    /// <summary>Where the next page goes on.</summary>
    public ReminderCursor Cursor => new(DueAt, Id);
}

/// <summary>A place in a list of reminders, which is ordered by when they are due.</summary>
public sealed record ReminderCursor(DateTimeOffset DueAt, Id<PlannedReminder> Id);

/// <summary>Part of a list.</summary>
/// <param name="Next">Where it goes on; null: that was all.</param>
public sealed record ReminderPage(IReadOnlyList<ReminderRow> Rows, ReminderCursor? Next);

/// <summary>Which reminders are asked for.</summary>
public enum ReminderTab
{
    /// <summary>Due on the clinic's day, earliest first.</summary>
    Today,

    /// <summary>Due today or in the six days after it, earliest first.</summary>
    Week,

    /// <summary>Of the last two weeks, what was missed, failed, is unconfirmed, held or may not be sent; newest first.</summary>
    Attention,
}

/// <summary>How many there are.</summary>
/// <param name="ToGo">Planned or held, due today.</param>
/// <param name="GoneToday">Sent or in the outbox, due today; not those that failed or are unconfirmed.</param>
/// <param name="Week">Planned or held, due in the next seven days.</param>
/// <param name="Attention">See <see cref="ReminderTab.Attention"/>.</param>
public sealed record ReminderCounts(int ToGo, int GoneToday, int Week, int Attention);
