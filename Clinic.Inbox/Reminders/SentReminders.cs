using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Layout;
using Microsoft.EntityFrameworkCore;
using NodaTime.Text;

namespace Clinic.Inbox.Reminders;

/// <summary>What a reminder's text in a thread is about.</summary>
/// <param name="Kind">"Appointment Reminder".</param>
/// <param name="StartsAt">Of the visit it speaks of; null when it speaks of none.</param>
/// <param name="VisitHref">Where the schedule shows that visit; null when there is none.</param>
public sealed record SentReminder(string Kind, DateTimeOffset? StartsAt, string? VisitHref);

/// <summary>Finds what texts are about that the system sent by itself.</summary>
public sealed class SentReminders(IDbContextFactory<InboxDb> databases, ClinicClock clock)
{
    /// <summary>By message; one that was not planned is missing. Of several visits in one text the first.</summary>
    public async Task<IReadOnlyDictionary<Id<Message>, SentReminder>> AboutAsync(
        IReadOnlyCollection<Id<Message>> messages,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var ids = messages.Select(id => (Id<Message>?)id).ToList();
        var planned = await db
            .PlannedReminders.Where(p => ids.Contains(p.MessageId))
            .Select(p => new
            {
                p.MessageId,
                p.Kind,
                p.AppointmentId,
            })
            .ToListAsync(cancellation);
        var visitIds = planned.Select(p => p.AppointmentId).OfType<Id<Schedule.Appointment>>();
        var visits = await db
            .Appointments.Where(a => visitIds.Contains(a.Id))
            .Select(a => new { a.Id, a.StartsAt })
            .ToDictionaryAsync(a => a.Id, a => a.StartsAt, cancellation);
        return planned
            .GroupBy(p => p.MessageId!.Value)
            .ToDictionary(
                text => text.Key,
                text =>
                {
                    var first = text.Where(p => p.AppointmentId is not null)
                        .Select(p =>
                            (p.AppointmentId, At: visits.GetValueOrDefault(p.AppointmentId!.Value))
                        )
                        .Where(v => v.At != default)
                        .OrderBy(v => v.At)
                        .Cast<(Id<Schedule.Appointment>? Id, DateTimeOffset At)?>()
                        .FirstOrDefault();
                    return new SentReminder(
                        text.First().Kind.Name(),
                        first?.At,
                        first is { } visit
                            ? $"{Paths.Day}/{LocalDatePattern.Iso.Format(clock.Local(visit.At).Date)}?visit={visit.Id}"
                            : null
                    );
                }
            );
    }
}
