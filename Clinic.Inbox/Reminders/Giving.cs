using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Clinic.Inbox.People;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Reminders;

/// <summary>What follows when something was given to a patient.</summary>
internal static class Giving
{
    /// <summary>
    /// Notes that an item was given: what the patient was due for of it is settled, and when the item reminds, the next time
    /// becomes due. Noted again for the same day it changes nothing, and neither does a day before one that is known
    /// already: a due date never goes back.
    /// </summary>
    /// <param name="day">The clinic's calendar day, today or earlier.</param>
    public static async Task<GivenResult> GiveAsync(
        WriteSession session,
        Id<Patient> patientId,
        Id<InventoryItem> itemId,
        DateOnly day,
        Actor by
    )
    {
        var db = session.Db;
        if (await db.InventoryItems.FirstOrDefaultAsync(i => i.Id == itemId) is not { } item)
        {
            return new GivenResult.NotFound();
        }
        await session.LockAsync("Patients", "Id", patientId.ToString());
        if (await db.Patients.FirstOrDefaultAsync(p => p.Id == patientId) is not { } patient)
        {
            return Invalid("patientId", "There is no such patient.");
        }
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync();
        var today = clinic.DayOf(session.Now);
        if (day > today || day.Year < 1980)
        {
            return Invalid("givenOn", "It was given today or earlier.");
        }
        var known = db.Treatments.Where(t => t.PatientId == patientId && t.ItemId == itemId);
        if (await known.FirstOrDefaultAsync(t => t.GivenOn == day) is { } same)
        {
            return new GivenResult.Noted(same, Next: null, Created: false);
        }
        var isNewest = !await known.AnyAsync(t => t.GivenOn > day);
        var treatment = new Treatment(
            Id<Treatment>.New(session.Now),
            patientId,
            itemId,
            day,
            by.Name
        );
        db.Treatments.Add(treatment);
        session.Note(by, "treatment.noted", patientId.ToString(), $"{itemId} {day:yyyy-MM-dd}");
        var next = isNewest ? await SettleAsync(session, item, patient, day, day < today) : null;
        await db.SaveChangesAsync();
        session.Publish(new InboxEvent.RemindersChanged(patient.ClientId));
        session.Publish(new InboxEvent.ClientChanged(patient.ClientId, Number: null));
        return new GivenResult.Noted(treatment, next, Created: true);
    }

    /// <summary>Settles what was due, and says when it is due again.</summary>
    private static async Task<MedicalReminder?> SettleAsync(
        WriteSession session,
        InventoryItem item,
        Patient patient,
        DateOnly day,
        bool backdated
    )
    {
        var db = session.Db;
        DateOnly? again =
            item is { Active: true, Action: { } action } && !patient.Deceased
                ? day.AddDays(action.IntervalDays)
                : null;
        var due = await db
            .MedicalReminders.Where(r =>
                r.PatientId == patient.Id && r.ItemId == item.Id && r.State == MedicalState.Due
            )
            .ToListAsync();
        // Old news settles nothing that is due later still: whoever wrote that date knew of a later time.
        var standing = due.FindAll(r => backdated && r.DueOn >= again);
        due.Except(standing).ToList().ForEach(r => r.Become(MedicalState.Given));
        if (again is not { } dueOn || standing.Count > 0)
        {
            return null;
        }
        var next = new MedicalReminder(
            Id<MedicalReminder>.New(session.Now),
            patient.ClientId,
            patient.Id,
            item.Name,
            dueOn
        );
        next.BelongTo(item.Id);
        db.MedicalReminders.Add(next);
        return next;
    }

    private static GivenResult.Invalid Invalid(string field, string problem) =>
        new(new FieldProblem(field, problem));
}
