using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Reminders;

/// <summary>What came of something that staff do to a reminder.</summary>
public abstract record ReminderResult
{
    public sealed record Done(PlannedReminder Reminder) : ReminderResult;

    public sealed record NotFound : ReminderResult;

    /// <param name="Code">notNow.</param>
    /// <param name="Reason">In plain words.</param>
    public sealed record Refused(string Code, string Reason) : ReminderResult;
}

/// <summary>What staff do with reminders: send one again, send a missed one late.</summary>
public sealed class ReminderDesk(InboxWriter writer)
{
    /// <summary>
    /// Sends a reminder again, at once (outside quiet hours): a new one with the text as it is now. A missed or skipped one is
    /// itself sent late.
    /// </summary>
    public Task<ReminderResult> ResendAsync(
        Id<PlannedReminder> id,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.RunAsync<ReminderResult>(
            async session =>
            {
                await session.LockAsync("PlannedReminders", "Id", id.ToString());
                var db = session.Db;
                if (
                    await db.PlannedReminders.FirstOrDefaultAsync(p => p.Id == id)
                    is not { } reminder
                )
                {
                    return new ReminderResult.NotFound();
                }
                if (await WhyNotAsync(db, reminder, session.Now) is { } why)
                {
                    return new ReminderResult.Refused("notNow", why);
                }
                var sent = reminder;
                if (reminder.State == ReminderState.Sent)
                {
                    sent = Again(reminder, session.Now);
                    db.PlannedReminders.Add(sent);
                }
                else
                {
                    reminder.TryAgain(session.Now, ReminderSettings.LongGrace);
                }
                session.Note(actor, "reminder.resent", reminder.Id.ToString());
                await db.SaveChangesAsync();
                session.Publish(new InboxEvent.RemindersChanged(reminder.ClientId));
                session.Publish(new InboxEvent.ClientChanged(reminder.ClientId, Number: null));
                return new ReminderResult.Done(sent);
            },
            cancellation
        );

    private static PlannedReminder Again(PlannedReminder reminder, DateTimeOffset now)
    {
        var id = Id<PlannedReminder>.New(now);
        return new PlannedReminder(
            id,
            $"resend/{reminder.Id}/{id}",
            reminder.Kind,
            reminder.ClientId,
            reminder.PatientId,
            reminder.About,
            now,
            now + ReminderSettings.LongGrace
        )
        {
            AppointmentId = reminder.AppointmentId,
            MedicalReminderId = reminder.MedicalReminderId,
            ResendOf = reminder.Id,
        };
    }

    private static async Task<string?> WhyNotAsync(
        InboxDb db,
        PlannedReminder reminder,
        DateTimeOffset now
    )
    {
        if (reminder.IsOpen)
        {
            return "It has not been sent yet: it is planned.";
        }
        if (reminder.AppointmentId is { } appointmentId)
        {
            var appointment = await db
                .Appointments.AsNoTracking()
                .FirstOrDefaultAsync(a => a.Id == appointmentId);
            if (appointment is null or { Status: AppointmentStatus.Cancelled })
            {
                return "The appointment was cancelled.";
            }
            if (appointment.StartsAt <= now)
            {
                return "The appointment is over.";
            }
        }
        else if (
            reminder.MedicalReminderId is { } medicalId
            && !await db.MedicalReminders.AnyAsync(r =>
                r.Id == medicalId && r.State == MedicalState.Due
            )
        )
        {
            return "It is not due any more.";
        }
        return reminder.State == ReminderState.Cancelled ? "It was cancelled." : null;
    }
}
