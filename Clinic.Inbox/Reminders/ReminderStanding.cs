using Clinic.Inbox.Conversations;
using MudBlazor;

namespace Clinic.Inbox.Reminders;

/// <summary>How a reminder stands, its text's own way taken together with it.</summary>
public enum ReminderStanding
{
    Planned,
    Held,

    /// <summary>Its text is in the outbox.</summary>
    Queued,
    Sent,
    Delivered,

    /// <summary>Left by email, as the client prefers.</summary>
    Emailed,
    Failed,

    /// <summary>Nobody knows whether its text arrived.</summary>
    Unconfirmed,
    Missed,
    Skipped,
    Cancelled,
}

/// <summary>Finds out how a reminder stands, and says it.</summary>
internal static class ReminderStandings
{
    /// <param name="text">Its text; null: none, or deleted with its conversation.</param>
    public static ReminderStanding Of(PlannedReminder reminder, Message? text) =>
        reminder.State switch
        {
            ReminderState.Planned => ReminderStanding.Planned,
            ReminderState.Held => ReminderStanding.Held,
            ReminderState.Cancelled => ReminderStanding.Cancelled,
            ReminderState.Missed => ReminderStanding.Missed,
            ReminderState.Skipped => ReminderStanding.Skipped,
            _ when reminder.MessageId is null => ReminderStanding.Emailed,
            _ => Of(text),
        };

    private static ReminderStanding Of(Message? text) =>
        text switch
        {
            { State: MessageState.Queued or MessageState.Sending } => ReminderStanding.Queued,
            { State: MessageState.Delivered } => ReminderStanding.Delivered,
            { State: MessageState.Unconfirmed } => ReminderStanding.Unconfirmed,
            { State: MessageState.Failed, ErrorCode: Claiming.TooLate } => ReminderStanding.Missed,
            { State: MessageState.Failed } => ReminderStanding.Failed,
            _ => ReminderStanding.Sent,
        };

    public static string Word(this ReminderStanding standing) =>
        standing switch
        {
            ReminderStanding.Queued => "Waiting to leave",
            ReminderStanding.Emailed => "Sent by email",
            ReminderStanding.Skipped => "Not sent",
            _ => standing.ToString(),
        };

    /// <summary>The class of its chip; null: quiet.</summary>
    public static string? Tone(this ReminderStanding standing) =>
        standing switch
        {
            ReminderStanding.Delivered or ReminderStanding.Emailed => "chip-ok",
            ReminderStanding.Sent => "chip-accent",
            ReminderStanding.Held or ReminderStanding.Unconfirmed or ReminderStanding.Skipped =>
                "chip-warn",
            ReminderStanding.Failed or ReminderStanding.Missed => "chip-red",
            _ => null,
        };

    public static string Icon(this ReminderStanding standing) =>
        standing switch
        {
            ReminderStanding.Planned => Icons.Material.Rounded.Schedule,
            ReminderStanding.Held => Icons.Material.Rounded.PauseCircle,
            ReminderStanding.Queued => Icons.Material.Rounded.HourglassTop,
            ReminderStanding.Sent => Icons.Material.Rounded.Done,
            ReminderStanding.Delivered => Icons.Material.Rounded.DoneAll,
            ReminderStanding.Emailed => Icons.Material.Rounded.MailOutline,
            ReminderStanding.Failed => Icons.Material.Rounded.ErrorOutline,
            ReminderStanding.Unconfirmed => Icons.Material.Rounded.HelpOutline,
            ReminderStanding.Missed => Icons.Material.Rounded.AlarmOff,
            ReminderStanding.Skipped => Icons.Material.Rounded.Block,
            _ => Icons.Material.Rounded.EventBusy,
        };

    /// <summary>What sending it is called: late, or once more. Null: there is nothing to send.</summary>
    public static string? SendWord(this ReminderStanding standing) =>
        standing switch
        {
            ReminderStanding.Missed or ReminderStanding.Skipped => "Send now",
            ReminderStanding.Failed or ReminderStanding.Unconfirmed => "Send again",
            _ => null,
        };
}
