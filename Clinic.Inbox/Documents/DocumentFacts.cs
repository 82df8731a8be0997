using System.Globalization;
using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Documents;

/// <summary>What a billing statement says.</summary>
/// <param name="Balance">"$84.50 due".</param>
/// <param name="Visits">Of the last twelve months, the newest first.</param>
internal sealed record StatementFacts(
    ClinicProfile Clinic,
    string Client,
    string Address,
    DateOnly Day,
    string Balance,
    IReadOnlyList<PastVisit> Visits
);

/// <summary>What a patient's file says.</summary>
/// <param name="About">Label and value, in order; only what is known.</param>
/// <param name="Visits">All that the clinic has, the newest first.</param>
/// <param name="Given">The newest first.</param>
/// <param name="Due">The longest overdue first.</param>
internal sealed record PatientFacts(
    ClinicProfile Clinic,
    string Client,
    string Name,
    DateOnly Day,
    IReadOnlyList<(string Label, string Value)> About,
    IReadOnlyList<PastVisit> Visits,
    IReadOnlyList<GivenItem> Given,
    IReadOnlyList<DueReminder> Due
);

/// <param name="Patient">Empty when the visit named none.</param>
internal sealed record PastVisit(DateOnly Day, string Type, string Patient, string Staff);

/// <summary>What a patient was given.</summary>
internal sealed record GivenItem(DateOnly Day, string Name, string By);

/// <summary>Reads what generated documents say. Nothing here changes anything.</summary>
public sealed class DocumentFacts(IDbContextFactory<InboxDb> databases, TimeProvider clock)
{
    internal static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <summary>Rows of one table: a file that a phone opens, not an archive.</summary>
    private const int MostRows = 200;

    /// <summary>Null when there is no such client.</summary>
    internal async Task<StatementFacts?> StatementAsync(
        Id<Client> id,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var client = await db
            .Clients.AsNoTracking()
            .FirstOrDefaultAsync(c => c.Id == id, cancellation);
        if (client is null)
        {
            return null;
        }
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var now = clock.GetUtcNow();
        var visits = await VisitsAsync(
            db,
            clinic,
            db.Appointments.Where(a => a.ClientId == id && a.StartsAt >= now.AddYears(-1)),
            now,
            cancellation
        );
        return new StatementFacts(
            clinic,
            client.FullName,
            client.Address,
            clinic.DayOf(now),
            Money.Balance(client.Balance, clinic.Region),
            visits
        );
    }

    /// <summary>Null when the client has no such patient.</summary>
    internal async Task<PatientFacts?> PatientAsync(
        Id<Client> clientId,
        Id<Patient> id,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var patient = await db
            .Patients.AsNoTracking()
            .FirstOrDefaultAsync(p => p.Id == id && p.ClientId == clientId, cancellation);
        if (patient is null)
        {
            return null;
        }
        var client = await db
            .Clients.AsNoTracking()
            .SingleAsync(c => c.Id == clientId, cancellation);
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var now = clock.GetUtcNow();
        var today = clinic.DayOf(now);
        return new PatientFacts(
            clinic,
            client.FullName,
            patient.Name,
            today,
            [.. About(patient, today)],
            await VisitsAsync(
                db,
                clinic,
                db.Appointments.Where(a => a.PatientId == id),
                now,
                cancellation
            ),
            await db
                .Treatments.Where(t => t.PatientId == id)
                .OrderByDescending(t => t.GivenOn)
                .Take(MostRows)
                .Select(t => new GivenItem(
                    t.GivenOn,
                    db.InventoryItems.Where(i => i.Id == t.ItemId).Select(i => i.Name).First(),
                    t.By
                ))
                .ToListAsync(cancellation),
            await db
                .MedicalReminders.Where(r =>
                    r.PatientId == id && r.State == MedicalState.Due && !patient.Deceased
                )
                .OrderBy(r => r.DueOn)
                .Take(MostRows)
                .Select(r => new DueReminder(r.Name, patient.Name, r.DueOn))
                .ToListAsync(cancellation)
        );
    }

    /// <summary>Visits that took place: neither cancelled nor missed, and begun.</summary>
    private static async Task<List<PastVisit>> VisitsAsync(
        InboxDb db,
        ClinicProfile clinic,
        IQueryable<Appointment> of,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var rows = await of.Where(a =>
                a.StartsAt <= now
                && a.Status != AppointmentStatus.Cancelled
                && a.Status != AppointmentStatus.NoShow
            )
            .OrderByDescending(a => a.StartsAt)
            .Take(MostRows)
            .Select(a => new
            {
                a.StartsAt,
                Type = db.AppointmentTypes.Where(t => t.Id == a.TypeId).Select(t => t.Name).First(),
                Patient = db
                    .Patients.Where(p => p.Id == a.PatientId)
                    .Select(p => p.Name)
                    .FirstOrDefault(),
                a.Staff,
            })
            .ToListAsync(cancellation);
        return
        [
            .. rows.Select(a => new PastVisit(
                clinic.DayOf(a.StartsAt),
                a.Type,
                a.Patient ?? "",
                a.Staff
            )),
        ];
    }

    /// <summary>"Nov 3, 2026".</summary>
    internal static string Write(DateOnly day) => day.ToString("MMM d, yyyy", English);

    /// <summary>Only what has a value.</summary>
    internal static IEnumerable<(string Label, string Value)> Known(
        IEnumerable<(string Label, string Value)> facts
    ) => facts.Where(fact => fact.Value.Length > 0);

    private static IEnumerable<(string Label, string Value)> About(Patient patient, DateOnly today)
    {
        return Known([
            ("Species", patient.Species),
            ("Breed", patient.Breed),
            ("Sex", patient.Sex),
            (
                "Born",
                patient.BornOn is { } born
                    ? $"{born.ToString("MMMM d, yyyy", English)}{Age(patient, today)}"
                    : ""
            ),
            ("Alerts", patient.Alerts),
            ("Status", patient.Deceased ? "Deceased" : ""),
        ]);
    }

    private static string Age(Patient patient, DateOnly today) =>
        !patient.Deceased && patient.AgeOn(today) is { Length: > 0 } age ? $" ({age})" : "";
}
