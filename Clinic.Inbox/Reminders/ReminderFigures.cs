using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Clinic.Inbox.Reminders;

/// <summary>What became of a week's reminders and visits.</summary>
/// <param name="Monday">The clinic's calendar day it begins with.</param>
/// <param name="Sent">Reminders due that week that left.</param>
/// <param name="Delivered">Those of them of which the carrier said that they arrived.</param>
/// <param name="Confirmed">Visits that were confirmed in that week, by a reply or by staff.</param>
/// <param name="NoShows">Visits of that week to which nobody came.</param>
public sealed record ReminderWeek(
    LocalDate Monday,
    int Sent,
    int Delivered,
    int Confirmed,
    int NoShows
);

/// <summary>Counts how well reminders work, week by week.</summary>
public sealed class ReminderFigures(IDbContextFactory<InboxDb> databases, TimeProvider clock)
{
    /// <summary>This week and the seven before it.</summary>
    public const int Weeks = 8;

    /// <summary>The oldest week first; the last one is not over.</summary>
    public async Task<IReadOnlyList<ReminderWeek>> WeeksAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(cancellation);
        var zone = DateTimeZoneProviders.Tzdb[clinic.TimeZone];
        var monday = LocalDate
            .FromDateOnly(clinic.DayOf(clock.GetUtcNow()))
            .PlusDays(1)
            .Previous(IsoDayOfWeek.Monday);
        var weeks = new List<ReminderWeek>(Weeks);
        for (var back = Weeks - 1; back >= 0; back--)
        {
            var first = monday.PlusWeeks(-back);
            var start = zone.AtStartOfDay(first).ToDateTimeOffset();
            var end = zone.AtStartOfDay(first.PlusWeeks(1)).ToDateTimeOffset();
            weeks.Add(await WeekAsync(db, first, start, end, cancellation));
        }
        return weeks;
    }

    private static async Task<ReminderWeek> WeekAsync(
        InboxDb db,
        LocalDate monday,
        DateTimeOffset start,
        DateTimeOffset end,
        CancellationToken cancellation
    )
    {
        var states = await (
            from p in db.PlannedReminders
            where p.DueAt >= start && p.DueAt < end && p.State == ReminderState.Sent
            join m in db.Messages on p.MessageId equals m.Id into messages
            from m in messages.DefaultIfEmpty()
            group p by (MessageState?)m.State into sent
            select new { State = sent.Key, Count = sent.Count() }
        ).ToListAsync(cancellation);
        // Without a text it left by email.
        var left = states
            .Where(s => s.State is null or MessageState.Sent or MessageState.Delivered)
            .Sum(s => s.Count);
        return new ReminderWeek(
            monday,
            left,
            states.Where(s => s.State == MessageState.Delivered).Sum(s => s.Count),
            await db
                .Audit.Where(a =>
                    a.At >= start && a.At < end && a.Action == "appointment.confirmed"
                )
                .Select(a => a.Subject)
                .Distinct()
                .CountAsync(cancellation),
            await db.Appointments.CountAsync(
                a =>
                    a.StartsAt >= start && a.StartsAt < end && a.Status == AppointmentStatus.NoShow,
                cancellation
            )
        );
    }
}
