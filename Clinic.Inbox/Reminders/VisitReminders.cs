using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Reminders;

/// <summary>A text of a visit: planned, on its way, or what became of it.</summary>
/// <param name="Reason">Why it was held, missed, skipped or cancelled; empty when nothing is to be said.</param>
/// <param name="Message">What its text does on its way; null when it has none.</param>
/// <param name="Error">Why the carrier did not deliver it, in plain words.</param>
public sealed record VisitMessage(
    Id<PlannedReminder> Id,
    Id<Appointment> AppointmentId,
    ReminderKind Kind,
    ReminderState State,
    string Reason,
    DateTimeOffset DueAt,
    DateTimeOffset? SettledAt,
    MessageState? Message,
    string? Error
);

/// <summary>Reads what clients are told of their visits. Nothing here changes anything.</summary>
public sealed class VisitReminders(IDbContextFactory<InboxDb> databases)
{
    /// <summary>Earliest due first.</summary>
    public async Task<IReadOnlyList<VisitMessage>> OfAsync(
        IReadOnlyCollection<Id<Appointment>> appointments,
        CancellationToken cancellation
    )
    {
        var ids = appointments.Select(id => (Id<Appointment>?)id).ToList();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await (
            from p in db.PlannedReminders.AsNoTracking()
            join m in db.Messages on p.MessageId equals (Id<Message>?)m.Id into messages
            from m in messages.DefaultIfEmpty()
            where ids.Contains(p.AppointmentId)
            orderby p.DueAt, p.Id
            select new VisitMessage(
                p.Id,
                p.AppointmentId!.Value,
                p.Kind,
                p.State,
                p.Reason,
                p.DueAt,
                p.SettledAt,
                m == null ? null : m.State,
                m == null ? null : m.Error
            )
        ).ToListAsync(cancellation);
    }
}
