using Clinic.Inbox.Clients;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Reminders;

/// <summary>
/// Foresees what must be sent: looks at every appointment and medical reminder that changed since it was last looked at, and makes the
/// planned rows what they should be. It may be cut off anywhere and run as often as it likes: a key is unique.
/// </summary>
public sealed class ReminderPlanner(InboxWriter writer, IDbContextFactory<InboxDb> databases)
{
    /// <summary>So many at a time, so that nobody else waits long for the pen.</summary>
    private const int Slice = 500;

    /// <summary>Plans until nothing is left to look at; returns how many appointments and medical reminders it looked at.</summary>
    public async Task<int> PlanAsync(CancellationToken cancellation)
    {
        if (!await AnythingToDoAsync(cancellation))
        {
            return 0;
        }
        var total = 0;
        int looked;
        do
        {
            looked = await writer.RunAsync(PlanAppointmentsAsync, cancellation);
            total += looked;
        } while (looked == Slice);
        do
        {
            looked = await writer.RunAsync(PlanMedicalAsync, cancellation);
            total += looked;
        } while (looked == Slice);
        return total;
    }

    /// <summary>What planning looks at, as it is chosen now.</summary>
    internal static async Task<PlanningRules> RulesAsync(InboxDb db, CancellationToken cancellation)
    {
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        return new PlanningRules(
            await db.SettingAsync(ReminderSettings.Key, ReminderSettings.Default, cancellation),
            await db.SettingAsync(QuietHours.Key, QuietHours.Default, cancellation),
            DateTimeZoneProviders.Tzdb[clinic.TimeZone]
        );
    }

    private async Task<bool> AnythingToDoAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Appointments.AnyAsync(a => a.NeedsPlanning, cancellation)
            || await db.MedicalReminders.AnyAsync(r => r.NeedsPlanning, cancellation);
    }

    private static async Task<int> PlanAppointmentsAsync(WriteSession session)
    {
        var db = session.Db;
        var rules = await RulesAsync(db, CancellationToken.None);
        var types = await db.AppointmentTypes.AsNoTracking().ToDictionaryAsync(t => t.Id);
        var chosen = await db
            .Appointments.Where(a => a.NeedsPlanning)
            .OrderBy(a => a.Id)
            .Select(a => a.Id)
            .Take(Slice)
            .ToListAsync();
        // Before they are read: who changes one meanwhile waits for this row, and asks for planning again.
        await db
            .Appointments.Where(a => chosen.Contains(a.Id))
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.NeedsPlanning, false));
        var changed = await db
            .Appointments.AsNoTracking()
            .Where(a => chosen.Contains(a.Id))
            .OrderBy(a => a.Id)
            .ToListAsync();
        var ids = changed.ConvertAll(a => (Id<Appointment>?)a.Id);
        var known = (
            await db.PlannedReminders.Where(p => ids.Contains(p.AppointmentId)).ToListAsync()
        ).ToLookup(p => p.AppointmentId);
        var again = new List<Id<Appointment>>();
        foreach (var appointment in changed)
        {
            var settled = await ReconcileAsync(
                session,
                known[appointment.Id],
                AppointmentPlan.Of(appointment, types[appointment.TypeId], rules, session.Now),
                new Subject(
                    appointment.ClientId,
                    appointment.PatientId,
                    appointment.Id,
                    MedicalReminderId: null,
                    DayOf(appointment.StartsAt, rules.Zone)
                ),
                appointment.Status == AppointmentStatus.Cancelled
                    ? "The appointment was cancelled."
                    : "The appointment was changed."
            );
            if (!settled)
            {
                again.Add(appointment.Id);
            }
        }
        await db
            .Appointments.Where(a => again.Contains(a.Id))
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.NeedsPlanning, true));
        return await SavedAsync(session, changed.Count);
    }

    private static async Task<int> PlanMedicalAsync(WriteSession session)
    {
        var db = session.Db;
        var rules = await RulesAsync(db, CancellationToken.None);
        var chosen = await db
            .MedicalReminders.Where(r => r.NeedsPlanning)
            .OrderBy(r => r.Id)
            .Select(r => r.Id)
            .Take(Slice)
            .ToListAsync();
        await db
            .MedicalReminders.Where(r => chosen.Contains(r.Id))
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.NeedsPlanning, false));
        var changed = await db
            .MedicalReminders.AsNoTracking()
            .Where(r => chosen.Contains(r.Id))
            .OrderBy(r => r.Id)
            .ToListAsync();
        var itemIds = changed.Select(r => r.ItemId).Distinct().ToList();
        var items = await db
            .InventoryItems.AsNoTracking()
            .Where(i => itemIds.Contains(i.Id))
            .ToDictionaryAsync(i => i.Id);
        var ids = changed.ConvertAll(r => (Id<MedicalReminder>?)r.Id);
        var known = (
            await db.PlannedReminders.Where(p => ids.Contains(p.MedicalReminderId)).ToListAsync()
        ).ToLookup(p => p.MedicalReminderId);
        var again = new List<Id<MedicalReminder>>();
        foreach (var reminder in changed)
        {
            var item = reminder.ItemId is { } itemId ? items.GetValueOrDefault(itemId) : null;
            var settled = await ReconcileAsync(
                session,
                known[reminder.Id],
                MedicalPlan.Of(
                    reminder,
                    item is { Active: true } ? item.Action : null,
                    rules,
                    session.Now
                ),
                new Subject(
                    reminder.ClientId,
                    reminder.PatientId,
                    AppointmentId: null,
                    reminder.Id,
                    reminder.DueOn
                ),
                reminder.State == MedicalState.Given ? "It was given." : "It was changed."
            );
            if (!settled)
            {
                again.Add(reminder.Id);
            }
        }
        await db
            .MedicalReminders.Where(r => again.Contains(r.Id))
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.NeedsPlanning, true));
        return await SavedAsync(session, changed.Count);
    }

    private static async Task<int> SavedAsync(WriteSession session, int looked)
    {
        await session.Db.SaveChangesAsync();
        if (looked > 0)
        {
            session.Publish(new InboxEvent.RemindersChanged(ClientId: null));
        }
        return looked;
    }

    /// <summary>
    /// Adds what is foreseen and missing, cancels what is planned and not foreseen any more. False when a text of it is just
    /// leaving, so that only its answer tells what can still be taken back.
    /// </summary>
    private static async Task<bool> ReconcileAsync(
        WriteSession session,
        IEnumerable<PlannedReminder> known,
        IReadOnlyList<Foreseen> wanted,
        Subject subject,
        string whyCancelled
    )
    {
        var byKey = known.ToDictionary(p => p.Key, StringComparer.Ordinal);
        foreach (var foreseen in wanted)
        {
            if (byKey.Remove(foreseen.Key, out var there))
            {
                // Cancelled, and back too late to be sent: it stays cancelled, it was not missed.
                if (!foreseen.TooLate || foreseen.ExpiresAt > session.Now)
                {
                    there.Revive(foreseen.ExpiresAt);
                }
                there.Concern(subject.ClientId, subject.PatientId, subject.About);
                // A confirmation keeps the moment at which it was first foreseen.
                if (!foreseen.TooLate && there.Kind != ReminderKind.Confirmation)
                {
                    there.Reschedule(foreseen.DueAt, foreseen.ExpiresAt);
                }
            }
            else if (!foreseen.TooLate)
            {
                await InsertAsync(session, foreseen, subject);
            }
        }
        var settled = true;
        foreach (var rest in byKey.Values)
        {
            settled &= await TakeBackAsync(session, rest, whyCancelled);
            // What staff asked for again is said as things are now, while there is something to say.
            if (rest.ResendOf is null || wanted.Count == 0)
            {
                rest.Cancel(whyCancelled, session.Now);
            }
        }
        return settled;
    }

    /// <summary>A text that waits in the outbox is not sent; what else it carried is planned anew. False when it is just leaving.</summary>
    private static async Task<bool> TakeBackAsync(
        WriteSession session,
        PlannedReminder obsolete,
        string why
    )
    {
        var db = session.Db;
        if (obsolete.MessageId is not { } id)
        {
            return true;
        }
        var message = await db.Messages.FirstOrDefaultAsync(m => m.Id == id);
        if (
            message is null
            || !await session.HoldAsync(message)
            || message.State != MessageState.Queued
        )
        {
            return message?.State != MessageState.Sending;
        }
        message.MarkFailed("cancelled", $"Not sent. {why}");
        foreach (
            var carried in await db.PlannedReminders.Where(p => p.MessageId == id).ToListAsync()
        )
        {
            carried.TakeBack();
        }
        session.PublishMessage(message);
        return true;
    }

    /// <summary>Prepared by hand: a practice system may bring a hundred thousand at once.</summary>
    private static Task InsertAsync(WriteSession session, Foreseen foreseen, Subject subject) =>
        session
            .Sql(
                """
                INSERT INTO "PlannedReminders" ("Id", "Key", "Kind", "ClientId", "PatientId", "AppointmentId", "MedicalReminderId",
                  "About", "DueAt", "ExpiresAt", "State", "Reason")
                VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, 'Planned', '')
                ON CONFLICT ("Key") DO NOTHING
                """,
                Id<PlannedReminder>.New(session.Now).ToString(),
                foreseen.Key,
                foreseen.Kind.ToString(),
                subject.ClientId.ToString(),
                subject.PatientId?.ToString(),
                subject.AppointmentId?.ToString(),
                subject.MedicalReminderId?.ToString(),
                subject.About,
                Micros.Of(foreseen.DueAt),
                Micros.Of(foreseen.ExpiresAt)
            )
            .ExecuteNonQueryAsync();

    private static DateOnly DayOf(DateTimeOffset at, DateTimeZone zone) =>
        Instant.FromDateTimeOffset(at).InZone(zone).Date.ToDateOnly();

    private sealed record Subject(
        Id<Client> ClientId,
        Id<Patient>? PatientId,
        Id<Appointment>? AppointmentId,
        Id<MedicalReminder>? MedicalReminderId,
        DateOnly About
    );
}
