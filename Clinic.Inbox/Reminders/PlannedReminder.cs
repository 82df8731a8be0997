using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;

namespace Clinic.Inbox.Reminders;

/// <summary>
/// A text that the system will send by itself, from the moment it is foreseen. Its <see cref="Key"/> says what it is for and is unique, so
/// that planning may run as often as it likes and nothing is ever planned twice; it leaves in the transaction that
/// queues its message, so that nothing is ever queued twice.
/// </summary>
public sealed class PlannedReminder
{
    private PlannedReminder() { }

    public PlannedReminder(
        Id<PlannedReminder> id,
        string key,
        ReminderKind kind,
        Id<Client> clientId,
        Id<Patient>? patientId,
        DateOnly about,
        DateTimeOffset dueAt,
        DateTimeOffset expiresAt
    )
    {
        Id = id;
        Key = key;
        Kind = kind;
        ClientId = clientId;
        PatientId = patientId;
        About = about;
        DueAt = dueAt;
        ExpiresAt = expiresAt;
    }

    public Id<PlannedReminder> Id { get; private set; }

    /// <summary>For example <c>appointment/{id}/reminder/1440/{start}</c>; unique.</summary>
    public string Key { get; private set; } = "";
    public ReminderKind Kind { get; private set; }
    public Id<Client> ClientId { get; private set; }
    public Id<Patient>? PatientId { get; private set; }
    public Id<Appointment>? AppointmentId { get; init; }
    public Id<MedicalReminder>? MedicalReminderId { get; init; }

    /// <summary>The clinic's calendar day that it speaks of: of the visit, or on which something is due.</summary>
    public DateOnly About { get; private set; }

    /// <summary>The reminder that staff sent again by this one; null for one that was planned.</summary>
    public Id<PlannedReminder>? ResendOf { get; init; }

    public DateTimeOffset DueAt { get; private set; }

    /// <summary>Not sent any more from then on: late within a grace period, else missed.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }
    public ReminderState State { get; private set; }

    /// <summary>Why it was held, missed, skipped or cancelled, in plain words; empty when nothing is to be said.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The text that carries it; several reminders may share one.</summary>
    public Id<Message>? MessageId { get; private set; }
    public DateTimeOffset? SettledAt { get; private set; }

    public bool IsOpen => State is ReminderState.Planned or ReminderState.Held;

    /// <summary>Whom and which day it is about now; what has left stays as it was.</summary>
    internal void Concern(Id<Client> clientId, Id<Patient>? patientId, DateOnly about)
    {
        if (IsOpen)
        {
            (ClientId, PatientId, About) = (clientId, patientId, about);
        }
    }

    /// <summary>It left with a text.</summary>
    /// <exception cref="InvalidOperationException">It left, was cancelled or was missed before.</exception>
    public void LeaveWith(Id<Message> messageId, DateTimeOffset at)
    {
        if (!IsOpen)
        {
            throw new InvalidOperationException($"A reminder that is {State} can't be sent.");
        }
        State = ReminderState.Sent;
        MessageId = messageId;
        Reason = "";
        SettledAt = at;
    }

    /// <summary>It left by email, as the client prefers.</summary>
    public void LeaveByEmail(DateTimeOffset at)
    {
        if (IsOpen)
        {
            State = ReminderState.Sent;
            Reason = "Sent by email, as the client prefers.";
            SettledAt = at;
        }
    }

    /// <summary>Its text was taken out of the outbox before it left: as if it had never been queued.</summary>
    internal void TakeBack()
    {
        State = ReminderState.Planned;
        MessageId = null;
        SettledAt = null;
    }

    /// <summary>It may not leave now: quiet hours, a paused line.</summary>
    public void Hold(string why)
    {
        if (IsOpen)
        {
            State = ReminderState.Held;
            Reason = why;
        }
    }

    /// <summary>The appointment moved or was cancelled, the item was given: nothing to say any more.</summary>
    public void Cancel(string why, DateTimeOffset at) => Settle(ReminderState.Cancelled, why, at);

    /// <summary>It could not leave in time.</summary>
    public void Miss(string why, DateTimeOffset at) => Settle(ReminderState.Missed, why, at);

    /// <summary>It may not be sent: no consent, no mobile, another preference, no reminder action.</summary>
    public void Skip(string why, DateTimeOffset at) => Settle(ReminderState.Skipped, why, at);

    /// <summary>An appointment that moved back: what was cancelled is foreseen again.</summary>
    public void Revive(DateTimeOffset expiresAt)
    {
        if (State == ReminderState.Cancelled)
        {
            State = ReminderState.Planned;
            Reason = "";
            SettledAt = null;
            ExpiresAt = expiresAt;
        }
    }

    /// <summary>Staff want it after all: due now, with a new grace period.</summary>
    /// <exception cref="InvalidOperationException">It is not missed or skipped.</exception>
    public void TryAgain(DateTimeOffset now, TimeSpan grace)
    {
        if (State is not (ReminderState.Missed or ReminderState.Skipped))
        {
            throw new InvalidOperationException(
                "Only a missed or skipped reminder can be sent late."
            );
        }
        State = ReminderState.Planned;
        Reason = "";
        SettledAt = null;
        DueAt = now;
        ExpiresAt = now + grace;
    }

    private void Settle(ReminderState state, string why, DateTimeOffset at)
    {
        if (IsOpen)
        {
            State = state;
            Reason = why;
            SettledAt = at;
        }
    }
}

/// <summary>What a reminder is about.</summary>
public enum ReminderKind
{
    Confirmation,
    Appointment,
    PreVisit,
    Medical,
}

/// <summary>What became of it. What its text does on its way is the message's state.</summary>
public enum ReminderState
{
    Planned,

    /// <summary>Due, but not allowed to leave yet.</summary>
    Held,

    /// <summary>Its text is in the outbox or further.</summary>
    Sent,
    Cancelled,

    /// <summary>The system was off, or the line too slow, until it was too late.</summary>
    Missed,

    /// <summary>It may not be sent, see the reason.</summary>
    Skipped,
}

/// <summary>Which text belongs to a kind.</summary>
internal static class ReminderKinds
{
    public static TemplateKind Template(this ReminderKind kind) =>
        kind switch
        {
            ReminderKind.Confirmation => TemplateKind.AppointmentConfirmation,
            ReminderKind.Appointment => TemplateKind.AppointmentReminder,
            ReminderKind.PreVisit => TemplateKind.AppointmentPreVisit,
            _ => TemplateKind.MedicalReminder,
        };

    public static string Name(this ReminderKind kind) => TemplateInfo.Of(kind.Template()).Title;
}
