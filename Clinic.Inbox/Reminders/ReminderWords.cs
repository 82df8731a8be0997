using Clinic.Inbox.Layout;

namespace Clinic.Inbox.Reminders;

/// <summary>What a reminder is about and when it goes, as its rows say it.</summary>
internal static class ReminderWords
{
    /// <summary>"Bella, Wellness exam on Nov 3, 2026, 3:30 PM" or "Bella, rabies vaccine due Nov 3, 2026".</summary>
    public static string About(ReminderRow row, ClinicClock clock)
    {
        var patient = row.Patient ?? "The patient";
        return row switch
        {
            { VisitAt: { } at } => $"{patient}, {row.Subject} on {clock.Full(at)}",
            { Kind: ReminderKind.Medical, Subject: { } name } =>
                $"{patient}, {name} due {Day(row.Reminder.About)}",
            _ => patient,
        };
    }

    /// <summary>"planned for …", "sent …", "delivered …".</summary>
    public static string When(ReminderRow row, ClinicClock clock) =>
        row switch
        {
            { Standing: ReminderStanding.Delivered, Message.DeliveredAt: { } at } =>
                $"delivered {clock.Full(at)}",
            { Message.SentAt: { } at } => $"sent {clock.Full(at)}",
            { Standing: ReminderStanding.Emailed, Reminder.SettledAt: { } at } =>
                $"sent {clock.Full(at)}",
            { Standing: ReminderStanding.Planned } => $"planned for {clock.Full(row.DueAt)}",
            _ => $"due {clock.Full(row.DueAt)}",
        };

    public static string Day(DateOnly day) =>
        day.ToString("MMM d, yyyy", System.Globalization.CultureInfo.InvariantCulture);
}
