using System.Globalization;
using Clinic.Inbox.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Schedule;

/// <summary>What speaks against a time. Nothing of it forbids: a clinic squeezes a patient in, or opens for an emergency.</summary>
public sealed class BookingWarnings(IDbContextFactory<InboxDb> databases, TimeProvider clock)
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <summary>In plain words, the gravest first; empty when nothing does.</summary>
    /// <param name="staff">Who sees the patient; empty: not decided, and in nobody's way.</param>
    /// <param name="except">The visit that is to be moved.</param>
    public async Task<IReadOnlyList<string>> OfAsync(
        DateTimeOffset startsAt,
        DateTimeOffset endsAt,
        string staff,
        Id<Appointment>? except,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var hours = await HoursBook.ReadAsync(db, cancellation);
        var warnings = new List<string>();
        if (Closed(hours, startsAt, endsAt) is { } closed)
        {
            warnings.Add(closed);
        }
        warnings.AddRange(
            await MeetingAsync(db, startsAt, endsAt, staff.Trim(), except, hours, cancellation)
        );
        if (startsAt < clock.GetUtcNow())
        {
            warnings.Add("This time has passed: no text goes out.");
        }
        return warnings;
    }

    /// <summary>Why the clinic is closed that day: a closure's name, or the weekday; null when it is open.</summary>
    public static string? ClosedOn(ClinicHours hours, LocalDate day)
    {
        if (hours.ClosureOn(day) is { } closure)
        {
            return closure.Name;
        }
        return hours.SpansOf(day).Any() ? null : $"{day.ToString("dddd", English)}s";
    }

    private static string? Closed(ClinicHours hours, DateTimeOffset startsAt, DateTimeOffset endsAt)
    {
        var start = Instant.FromDateTimeOffset(startsAt);
        var local = start.InZone(hours.Zone).LocalDateTime;
        if (ClosedOn(hours, local.Date) is { } why)
        {
            var name = hours.ClosureOn(local.Date) is null ? $"on {why}" : $"that day: {why}";
            return $"The clinic is closed {name}.";
        }
        // A stay of several days passes nights; its last minute need not be one in which somebody is there.
        var last = Instant.FromDateTimeOffset(endsAt) - Duration.FromMinutes(1);
        var sameDay = last.InZone(hours.Zone).Date == local.Date;
        if (hours.IsOpen(start) && (!sameDay || hours.IsOpen(last)))
        {
            return null;
        }
        var spans = hours.SpansOf(local.Date).Select(s => $"{Write(s.From)} to {Write(s.To)}");
        return $"Outside clinic hours, {string.Join(" and ", spans)} that day.";
    }

    private static async Task<IEnumerable<string>> MeetingAsync(
        InboxDb db,
        DateTimeOffset startsAt,
        DateTimeOffset endsAt,
        string staff,
        Id<Appointment>? except,
        ClinicHours hours,
        CancellationToken cancellation
    )
    {
        if (staff.Length == 0)
        {
            return [];
        }
        // The longest stay bounds how far back the index is read.
        var earliest = startsAt - AppointmentBook.Longest;
        var met = await (
            from a in db.Appointments.AsNoTracking()
            join c in db.Clients on a.ClientId equals c.Id
            join p in db.Patients on a.PatientId equals p.Id into patients
            from p in patients.DefaultIfEmpty()
            where
                a.StartsAt >= earliest
                && a.StartsAt < endsAt
                && a.EndsAt > startsAt
                && a.Staff == staff
                && a.Id != except
                && a.Status != AppointmentStatus.Cancelled
                && a.Status != AppointmentStatus.NoShow
            orderby a.StartsAt
            select new
            {
                a.StartsAt,
                a.EndsAt,
                Client = c,
                Patient = p,
            }
        )
            .Take(3)
            .ToListAsync(cancellation);
        return met.Select(m =>
            $"{staff} sees {m.Patient?.Name ?? m.Client.FullName} from {Write(m.StartsAt, hours)} to {Write(m.EndsAt, hours)}."
        );
    }

    private static string Write(DateTimeOffset at, ClinicHours hours) =>
        Write(Instant.FromDateTimeOffset(at).InZone(hours.Zone).TimeOfDay);

    private static string Write(LocalTime time) =>
        time == LocalTime.Midnight ? "midnight" : time.ToString("h:mm tt", English);
}
