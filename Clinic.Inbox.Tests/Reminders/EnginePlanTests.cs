using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Reminders;
using Clinic.Inbox.Schedule;
using NodaTime;

namespace Clinic.Inbox.Tests.Reminders;

/// <summary>What is foreseen, by the clinic's wall clock: a pure function.</summary>
public sealed class EnginePlanTests
{
    private const int Hour = 60;
    private const int Day = 24 * Hour;

    private static readonly QuietHours NeverQuiet = new(LocalTime.Midnight, LocalTime.MaxValue);

    private static readonly string[] UnitedStatesAndCanada =
    [
        .. NodaTime
            .TimeZones.TzdbDateTimeZoneSource.Default.ZoneLocations!.Where(l =>
                l.CountryCode is "US" or "CA"
            )
            .Select(l => l.ZoneId)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Zones => [.. UnitedStatesAndCanada];

    [Theory]
    [MemberData(nameof(Zones))]
    public void Two_days_before_nine_is_nine_also_when_the_clock_changes_in_between(string zoneId)
    {
        var zone = DateTimeZoneProviders.Tzdb[zoneId];
        var changes = zone.GetZoneIntervals(
                Instant.FromUtc(2026, 1, 1, 0, 0),
                Instant.FromUtc(2028, 1, 1, 0, 0)
            )
            .Where(i => i.HasStart && i.Start > Instant.FromUtc(2026, 1, 1, 0, 0))
            .Select(i => i.Start.InZone(zone).Date)
            .Append(new LocalDate(2026, 7, 1));
        foreach (var day in changes)
        {
            var visit = (day.PlusDays(1) + new LocalTime(9, 0)).InZoneStrictly(zone);

            var due = AppointmentPlan.Before(visit.ToInstant(), 2 * Day, zone).InZone(zone);

            Assert.Equal(day.PlusDays(-1) + new LocalTime(9, 0), due.LocalDateTime);
        }
    }

    [Fact]
    public void Hours_before_a_visit_are_hours_that_pass()
    {
        var zone = DateTimeZoneProviders.Tzdb["America/New_York"];
        // At two o'clock that night it becomes three.
        var visit = new LocalDateTime(2027, 3, 14, 4, 0).InZoneStrictly(zone).ToInstant();

        var due = AppointmentPlan.Before(visit, 3 * Hour, zone);

        Assert.Equal(Duration.FromHours(3), visit - due);
        Assert.Equal(new LocalDateTime(2027, 3, 14, 0, 0), due.InZone(zone).LocalDateTime);
    }

    [Fact]
    public void A_time_that_a_clock_change_skips_is_said_right_after_it()
    {
        var zone = DateTimeZoneProviders.Tzdb["America/Havana"];
        // There the clock goes from midnight to one: that day has no 0:30.
        var skipped = zone.GetZoneIntervals(
                Instant.FromUtc(2026, 1, 1, 0, 0),
                Instant.FromUtc(2027, 1, 1, 0, 0)
            )
            .Where(i => i.HasStart && i.Savings > Offset.Zero)
            .Select(i => i.Start.InZone(zone).Date)
            .First(d => d.Year == 2026);
        var visit = (skipped.PlusDays(2) + new LocalTime(0, 30)).InZoneStrictly(zone);

        var due = AppointmentPlan.Before(visit.ToInstant(), 2 * Day, zone).InZone(zone);

        Assert.Equal(skipped + new LocalTime(1, 30), due.LocalDateTime);
    }

    [Theory]
    [InlineData("America/Phoenix")]
    [InlineData("America/St_Johns")]
    [InlineData("America/Havana")]
    [InlineData("Africa/Cairo")]
    public void A_medical_reminder_goes_at_ten_by_the_clinics_clock_every_day_of_the_year(
        string zoneId
    )
    {
        var zone = DateTimeZoneProviders.Tzdb[zoneId];
        var rules = new PlanningRules(ReminderSettings.Default, QuietHours.Default, zone);
        for (var day = new LocalDate(2026, 1, 1); day.Year == 2026; day = day.PlusDays(1))
        {
            var reminder = Due(day.ToDateOnly());

            var plan = MedicalPlan.Of(
                reminder,
                new ReminderAction(365, [14, 0], [7]),
                rules,
                DateTimeOffset.UnixEpoch
            );

            Assert.Equal(
                [day.PlusDays(-14), day, day.PlusDays(7)],
                plan.Select(p => Local(p.DueAt, zone).Date)
            );
            Assert.All(
                plan,
                p => Assert.Equal(new LocalTime(10, 0), Local(p.DueAt, zone).TimeOfDay)
            );
        }
    }

    [Fact]
    public void What_is_due_in_the_night_waits_for_the_morning_and_has_its_grace_from_then()
    {
        var zone = DateTimeZoneProviders.Tzdb["America/Chicago"];
        var rules = new PlanningRules(ReminderSettings.Default, QuietHours.Default, zone);
        var night = new LocalDateTime(2026, 5, 5, 23, 0).InZoneStrictly(zone).ToInstant();

        var expiry = rules.Expiry(night, TimeSpan.FromHours(4), Instant.MaxValue);

        Assert.Equal(new LocalDateTime(2026, 5, 6, 12, 0), Local(expiry, zone));
    }

    [Fact]
    public void Nothing_is_said_of_a_visit_after_it_began()
    {
        var zone = DateTimeZoneProviders.Tzdb["America/Chicago"];
        var rules = new PlanningRules(ReminderSettings.Default, NeverQuiet, zone);
        var start = new LocalDateTime(2026, 5, 6, 9, 0).InZoneStrictly(zone).ToInstant();

        var plan = AppointmentPlan.Of(
            Visit(start),
            Type(reminders: [3 * Hour]),
            rules,
            (start - Duration.FromDays(1)).ToDateTimeOffset()
        );

        Assert.Equal(start.ToDateTimeOffset(), Assert.Single(plan).ExpiresAt);
    }

    [Fact]
    public void A_type_without_its_own_offsets_takes_the_clinics_and_an_empty_list_is_none()
    {
        var now = new DateTimeOffset(2026, 5, 1, 15, 0, 0, TimeSpan.Zero);
        var rules = new PlanningRules(ReminderSettings.Default, NeverQuiet, DateTimeZone.Utc);
        var visit = Visit(Instant.FromDateTimeOffset(now) + Duration.FromDays(10));

        var usual = AppointmentPlan.Of(visit, Type(reminders: null), rules, now);
        var none = AppointmentPlan.Of(visit, Type(reminders: []), rules, now);
        var own = AppointmentPlan.Of(visit, Type(reminders: [5], preVisit: Day), rules, now);

        Assert.Equal(
            [TimeSpan.FromDays(2), TimeSpan.FromHours(3)],
            usual.Select(p => visit.StartsAt - p.DueAt)
        );
        Assert.Empty(none);
        Assert.Equal(
            [
                (ReminderKind.Appointment, TimeSpan.FromMinutes(5)),
                (ReminderKind.PreVisit, TimeSpan.FromDays(1)),
            ],
            own.Select(p => (p.Kind, visit.StartsAt - p.DueAt))
        );
    }

    [Fact]
    public void What_was_due_before_it_could_be_foreseen_is_not_made_up_for()
    {
        var now = new DateTimeOffset(2026, 5, 1, 15, 0, 0, TimeSpan.Zero);
        var rules = new PlanningRules(ReminderSettings.Default, NeverQuiet, DateTimeZone.Utc);
        var visit = Visit(Instant.FromDateTimeOffset(now) + Duration.FromHours(24));

        var plan = AppointmentPlan.Of(visit, Type(reminders: null), rules, now);

        Assert.Equal([true, false], plan.Select(p => p.TooLate));
    }

    private static LocalDateTime Local(DateTimeOffset at, DateTimeZone zone) =>
        Instant.FromDateTimeOffset(at).InZone(zone).LocalDateTime;

    private static MedicalReminder Due(DateOnly on) =>
        new(
            Id<MedicalReminder>.New(DateTimeOffset.UnixEpoch),
            Id<Client>.New(DateTimeOffset.UnixEpoch),
            Id<Patient>.New(DateTimeOffset.UnixEpoch),
            "rabies vaccine",
            on
        );

    private static Appointment Visit(Instant start) =>
        new(
            Id<Appointment>.New(DateTimeOffset.UnixEpoch),
            Id<AppointmentType>.New(DateTimeOffset.UnixEpoch),
            Id<Client>.New(DateTimeOffset.UnixEpoch),
            patientId: null,
            start.ToDateTimeOffset(),
            start.ToDateTimeOffset().AddMinutes(30),
            "Dr. Patel"
        );

    private static AppointmentType Type(IReadOnlyList<int>? reminders, int? preVisit = null)
    {
        var type = new AppointmentType(
            Id<AppointmentType>.New(DateTimeOffset.UnixEpoch),
            "Exam",
            30,
            "teal"
        );
        type.RemindBy(sendsConfirmation: true, reminders, preVisit);
        return type;
    }
}
