using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Schedule;

/// <summary>A visit as the day shows it: with its type, its client and its patient.</summary>
/// <param name="Client">With phones.</param>
/// <param name="Patient">Null when the visit names none.</param>
public sealed record Visit(
    Appointment Appointment,
    AppointmentType Type,
    Client Client,
    Patient? Patient
)
{
    public Id<Appointment> Id => Appointment.Id;
    public DateTimeOffset StartsAt => Appointment.StartsAt;
    public DateTimeOffset EndsAt => Appointment.EndsAt;
    public AppointmentStatus Status => Appointment.Status;
    public string Staff => Appointment.Staff;
}

/// <summary>Reads the book. Nothing here changes anything.</summary>
public sealed class ScheduleQueries(IDbContextFactory<InboxDb> databases, TimeProvider clock)
{
    private static readonly TimeSpan Lately = TimeSpan.FromDays(21);

    /// <summary>The clinic's zone.</summary>
    public async Task<DateTimeZone> ZoneAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var name = await db.ClinicProfiles.Select(c => c.TimeZone).SingleAsync(cancellation);
        return DateTimeZoneProviders.Tzdb[name];
    }

    /// <summary>The clinic's day: <paramref name="date"/>, or today when null.</summary>
    public async Task<ClinicDay> DayAsync(LocalDate? date, CancellationToken cancellation)
    {
        var zone = await ZoneAsync(cancellation);
        return date is { } chosen
            ? ClinicDay.Of(chosen, zone)
            : ClinicDay.At(clock.GetUtcNow(), zone);
    }

    /// <summary>What touches that day, earliest first; cancelled visits too.</summary>
    public Task<IReadOnlyList<Visit>> VisitsAsync(ClinicDay day, CancellationToken cancellation) =>
        VisitsAsync(day.Start, day.End, cancellation);

    /// <summary>What touches the span from <paramref name="since"/> to <paramref name="until"/>, earliest first.</summary>
    public async Task<IReadOnlyList<Visit>> VisitsAsync(
        DateTimeOffset since,
        DateTimeOffset until,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        // The longest stay bounds how far back the index is read.
        var earliest = since - AppointmentBook.Longest;
        var found = await (
            from a in db.Appointments.AsNoTracking()
            join t in db.AppointmentTypes on a.TypeId equals t.Id
            join c in db.Clients.Include(c => c.Phones.OrderBy(p => p.Position))
                on a.ClientId equals c.Id
            join p in db.Patients on a.PatientId equals p.Id into patients
            from p in patients.DefaultIfEmpty()
            where a.StartsAt >= earliest && a.StartsAt < until && a.EndsAt > since
            orderby a.StartsAt, a.Id
            select new
            {
                a,
                t,
                c,
                p,
            }
        ).ToListAsync(cancellation);
        return [.. found.Select(v => new Visit(v.a, v.t, v.c, v.p))];
    }

    /// <summary>Who sees patients within three weeks of that day, by name: the columns of the day, and whom a visit is given to.</summary>
    public async Task<IReadOnlyList<string>> StaffAsync(
        ClinicDay day,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var (since, until) = (day.Start - Lately, day.End + Lately);
        return await db
            .Appointments.Where(a =>
                a.StartsAt >= since
                && a.StartsAt < until
                && a.Staff != ""
                && a.Status != AppointmentStatus.Cancelled
            )
            .Select(a => a.Staff)
            .Distinct()
            .OrderBy(s => s)
            .ToListAsync(cancellation);
    }

    /// <summary>When the clinic is open.</summary>
    public async Task<ClinicHours> HoursAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await HoursBook.ReadAsync(db, cancellation);
    }

    public async Task<IReadOnlyList<AppointmentType>> TypesAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db
            .AppointmentTypes.AsNoTracking()
            .OrderBy(t => t.Name)
            .ToListAsync(cancellation);
    }
}
