using Clinic.Inbox.AfterHours;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Clinic.Inbox.Templates;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.SmsDefaults;

/// <summary>
/// What a text would say to a client, by what is on record: worded as reminders word it. What is not on record stays an
/// example, and that is said. The clinic's own values are always its real ones.
/// </summary>
public sealed class PreviewValues(IDbContextFactory<InboxDb> databases, TimeProvider clock)
{
    /// <param name="typeId">The appointment type whose text it is; null: the clinic's.</param>
    public async Task<PreviewSample> ExamplesAsync(
        TemplateKind kind,
        Id<AppointmentType>? typeId,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var (values, missing) = await StartAsync(db, clinic, kind, typeId, cancellation);
        return new PreviewSample(null, values, missing);
    }

    /// <inheritdoc cref="ExamplesAsync"/>
    /// <returns>Null when there is no such client any more.</returns>
    public async Task<PreviewSample?> OfAsync(
        Id<Client> clientId,
        TemplateKind kind,
        Id<AppointmentType>? typeId,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var client = await db
            .Clients.AsNoTracking()
            .FirstOrDefaultAsync(c => c.Id == clientId, cancellation);
        if (client is null)
        {
            return null;
        }
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var (values, missing) = await StartAsync(db, clinic, kind, typeId, cancellation);
        foreach (var (name, value) in ReminderText.Values(clinic, client))
        {
            values[name] = value;
        }
        var groups = TemplateInfo.Of(kind).Variables;
        if (groups.Contains("appointment"))
        {
            await AddVisitAsync(db, clinic, client, typeId, values, missing, cancellation);
        }
        else if (groups.Contains("reminder"))
        {
            await AddDueAsync(db, client, values, missing, cancellation);
        }
        if (groups.Contains("previsit"))
        {
            missing.Add(
                new("previsit.", "Every visit gets a link of its own; this one is an example.")
            );
        }
        return new PreviewSample(client.FullName, values, missing);
    }

    private async Task<(Dictionary<string, string>, List<MissingValue>)> StartAsync(
        InboxDb db,
        ClinicProfile clinic,
        TemplateKind kind,
        Id<AppointmentType>? typeId,
        CancellationToken cancellation
    )
    {
        var values = new Dictionary<string, string>(
            TemplateVariables.Examples(kind),
            StringComparer.Ordinal
        )
        {
            ["clinic.name"] = clinic.Name,
            ["clinic.phone"] = clinic.Phone,
        };
        var missing = new List<MissingValue>();
        if (clinic.Phone.Length == 0)
        {
            missing.Add(new("clinic.phone", "The clinic has no voice phone yet: it is empty."));
        }
        if (kind == TemplateKind.AutoResponse)
        {
            values["clinic.opens_next"] = OpensNext.InWords(
                await HoursBook.ReadAsync(db, cancellation),
                Instant.FromDateTimeOffset(clock.GetUtcNow())
            );
        }
        if (typeId is { } id)
        {
            values["appointment.type"] = await db
                .AppointmentTypes.Where(t => t.Id == id)
                .Select(t => t.Name)
                .FirstAsync(cancellation);
        }
        return (values, missing);
    }

    /// <summary>The client's next visit, of that type when the text is a type's.</summary>
    private async Task AddVisitAsync(
        InboxDb db,
        ClinicProfile clinic,
        Client client,
        Id<AppointmentType>? typeId,
        Dictionary<string, string> values,
        List<MissingValue> missing,
        CancellationToken cancellation
    )
    {
        var now = clock.GetUtcNow();
        var visit = await db
            .Appointments.AsNoTracking()
            .Where(a => a.ClientId == client.Id && a.StartsAt >= now)
            .Where(a =>
                a.Status == AppointmentStatus.Booked || a.Status == AppointmentStatus.Confirmed
            )
            .Where(a => typeId == null || a.TypeId == typeId)
            .OrderBy(a => a.StartsAt)
            .FirstOrDefaultAsync(cancellation);
        if (visit is null)
        {
            var which = typeId is null ? "visit" : $"{values["appointment.type"]} visit";
            missing.Add(
                new(
                    "appointment.",
                    $"{client.FullName} has no {which} to come: an example stands in."
                )
            );
            await AddPatientAsync(db, client, values, missing, cancellation);
            return;
        }
        var type = await db
            .AppointmentTypes.AsNoTracking()
            .SingleAsync(t => t.Id == visit.TypeId, cancellation);
        ReminderText.AddAppointment(
            values,
            visit,
            type,
            DateTimeZoneProviders.Tzdb[clinic.TimeZone]
        );
        if (visit.Staff.Length == 0)
        {
            missing.Add(
                new("appointment.staff", "Nobody is set down for the visit yet: it is empty.")
            );
        }
        ReminderText.AddPatients(
            values,
            await db
                .Patients.AsNoTracking()
                .Where(p => p.Id == visit.PatientId)
                .ToListAsync(cancellation)
        );
        if (visit.PatientId is null)
        {
            missing.Add(new("patient.", "The visit names no patient."));
        }
    }

    /// <summary>What is due next for one of the client's patients.</summary>
    private static async Task AddDueAsync(
        InboxDb db,
        Client client,
        Dictionary<string, string> values,
        List<MissingValue> missing,
        CancellationToken cancellation
    )
    {
        var due = await (
            from r in db.MedicalReminders.AsNoTracking()
            join p in db.Patients on r.PatientId equals p.Id
            where r.ClientId == client.Id && r.State == MedicalState.Due && !p.Deceased
            orderby r.DueOn
            select new { Reminder = r, Patient = p }
        ).FirstOrDefaultAsync(cancellation);
        if (due is null)
        {
            missing.Add(
                new("reminder.", $"Nothing is due for {client.FullName}: an example stands in.")
            );
            await AddPatientAsync(db, client, values, missing, cancellation);
            return;
        }
        ReminderText.AddMedical(values, [due.Reminder]);
        ReminderText.AddPatients(values, [due.Patient]);
    }

    /// <summary>One of the client's patients, where nothing names one.</summary>
    private static async Task AddPatientAsync(
        InboxDb db,
        Client client,
        Dictionary<string, string> values,
        List<MissingValue> missing,
        CancellationToken cancellation
    )
    {
        var patients = await db
            .Patients.AsNoTracking()
            .Where(p => p.ClientId == client.Id && !p.Deceased)
            .OrderBy(p => p.Name)
            .Take(1)
            .ToListAsync(cancellation);
        ReminderText.AddPatients(values, patients);
        if (patients.Count == 0)
        {
            missing.Add(new("patient.", $"{client.FullName} has no patient on record."));
        }
    }
}
