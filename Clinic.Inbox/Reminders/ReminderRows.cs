using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Reminders;

/// <summary>Completes a page of reminders with what they are about: a query for each table, by primary key.</summary>
internal static class ReminderRows
{
    public static async Task<IReadOnlyList<ReminderRow>> OfAsync(
        InboxDb db,
        IReadOnlyList<PlannedReminder> page,
        CancellationToken cancellation
    )
    {
        if (page.Count == 0)
        {
            return [];
        }
        var clientIds = page.Select(p => p.ClientId).Distinct().ToList();
        var clients = await db
            .Clients.AsNoTracking()
            .Where(c => clientIds.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, c => c.FullName, cancellation);
        var patientIds = Named(page, p => p.PatientId);
        var patients = await db
            .Patients.Where(p => patientIds.Contains(p.Id))
            .ToDictionaryAsync(p => p.Id, p => p.Name, cancellation);
        var medicalIds = Named(page, p => p.MedicalReminderId);
        var medical = await db
            .MedicalReminders.Where(r => medicalIds.Contains(r.Id))
            .ToDictionaryAsync(r => r.Id, r => r.Name, cancellation);
        var visitIds = Named(page, p => p.AppointmentId);
        var visits = await db
            .Appointments.Where(a => visitIds.Contains(a.Id))
            .Join(
                db.AppointmentTypes,
                a => a.TypeId,
                t => t.Id,
                (a, t) =>
                    new
                    {
                        a.Id,
                        a.StartsAt,
                        t.Name,
                    }
            )
            .ToDictionaryAsync(a => a.Id, cancellation);
        var messageIds = Named(page, p => p.MessageId);
        var messages = await db
            .Messages.AsNoTracking()
            .Where(m => messageIds.Contains(m.Id))
            .ToDictionaryAsync(m => m.Id, cancellation);
        return
        [
            .. page.Select(p =>
            {
                var visit = p.AppointmentId is { } id ? visits.GetValueOrDefault(id) : null;
                return new ReminderRow(
                    p,
                    clients[p.ClientId],
                    Find(patients, p.PatientId),
                    visit?.Name ?? Find(medical, p.MedicalReminderId),
                    visit?.StartsAt,
                    Find(messages, p.MessageId)
                );
            }),
        ];
    }

    private static List<Id<T>> Named<T>(
        IEnumerable<PlannedReminder> page,
        Func<PlannedReminder, Id<T>?> name
    ) => [.. page.Select(name).OfType<Id<T>>().Distinct()];

    private static TValue? Find<T, TValue>(Dictionary<Id<T>, TValue> known, Id<T>? id)
        where TValue : class => id is { } named ? known.GetValueOrDefault(named) : null;
}
