using Clinic.Inbox.Schedule;
using CsCheck;
using NodaTime;
using NodaTime.Text;

namespace Clinic.Inbox.Tests.Schedule;

public sealed class ClinicHoursTests
{
    private static readonly DateTimeZone Chicago = DateTimeZoneProviders.Tzdb["America/Chicago"];

    /// <summary>Monday to Friday 8 to 12 and 13 to 18; Saturday 9 to 12.</summary>
    private static readonly ClinicHours Hours = Clinic(Chicago);

    [Theory]
    [InlineData("2026-11-24T07:59:59", false)]
    [InlineData("2026-11-24T08:00:00", true)]
    [InlineData("2026-11-24T12:00:00", false)]
    [InlineData("2026-11-24T12:59:00", false)]
    [InlineData("2026-11-24T13:00:00", true)]
    [InlineData("2026-11-24T18:00:00", false)]
    [InlineData("2026-11-28T11:00:00", true)]
    [InlineData("2026-11-29T11:00:00", false)]
    [InlineData("2026-11-26T11:00:00", false)]
    public void Open_means_inside_a_span_of_that_weekday_and_no_closure(string local, bool open) =>
        Assert.Equal(open, Hours.IsOpen(At(local)));

    [Theory]
    [InlineData("2026-11-24T12:30:00", "2026-11-24T13:00:00")]
    [InlineData("2026-11-24T18:30:00", "2026-11-25T08:00:00")]
    [InlineData("2026-11-25T19:00:00", "2026-11-27T08:00:00")]
    [InlineData("2026-11-28T13:00:00", "2026-11-30T08:00:00")]
    public void The_next_opening_passes_breaks_weekends_and_holidays(string at, string opens) =>
        Assert.Equal(At(opens), Hours.NextOpening(At(at)));

    [Theory]
    [InlineData("2026-11-24T12:30:00", "2026-11-24T12:00:00")]
    [InlineData("2026-11-25T02:00:00", "2026-11-24T18:00:00")]
    [InlineData("2026-11-27T03:00:00", "2026-11-25T18:00:00")]
    [InlineData("2026-11-29T12:00:00", "2026-11-28T12:00:00")]
    public void A_closed_period_is_named_by_when_it_began(string at, string since) =>
        Assert.Equal(At(since), Hours.ClosedSince(At(at)));

    [Fact]
    public void A_clinic_without_hours_never_opens()
    {
        var never = new ClinicHours(
            Chicago,
            new Dictionary<IsoDayOfWeek, IReadOnlyList<OpenSpan>>(),
            []
        );

        Assert.Null(never.NextOpening(At("2026-11-24T12:00:00")));
        Assert.Equal(Instant.MinValue, never.ClosedSince(At("2026-11-24T12:00:00")));
    }

    [Fact]
    public void Open_around_the_clock_has_no_gap_at_midnight()
    {
        var always = new ClinicHours(
            Chicago,
            Enum.GetValues<IsoDayOfWeek>()
                .Where(d => d != IsoDayOfWeek.None)
                .ToDictionary(
                    d => d,
                    IReadOnlyList<OpenSpan> (_) =>
                        [new OpenSpan(LocalTime.Midnight, LocalTime.Midnight)]
                ),
            []
        );

        Assert.True(always.IsOpen(At("2026-11-24T23:59:59")));
        Assert.True(always.IsOpen(At("2026-11-25T00:00:00")));
    }

    [Fact]
    public void Where_midnight_does_not_exist_the_day_begins_where_the_clock_goes_on()
    {
        // In Santiago the clock jumped from 24:00 on 5 September 2026 to 1:00.
        var zone = DateTimeZoneProviders.Tzdb["America/Santiago"];
        var jump = zone.ResolveLocal(
            new LocalDateTime(2026, 9, 6, 0, 30),
            NodaTime.TimeZones.Resolvers.LenientResolver
        );
        Assert.NotEqual(0, jump.Hour);
        var hours = new ClinicHours(
            zone,
            new Dictionary<IsoDayOfWeek, IReadOnlyList<OpenSpan>>
            {
                [IsoDayOfWeek.Sunday] = [new OpenSpan(LocalTime.Midnight, new LocalTime(6, 0))],
            },
            []
        );

        var opens = hours.NextOpening(jump.ToInstant() - Duration.FromHours(5));

        Assert.Equal(new LocalDateTime(2026, 9, 6, 1, 0), opens!.Value.InZone(zone).LocalDateTime);
    }

    [Fact]
    public void Spans_that_touch_are_one()
    {
        var hours = Daily(
            Chicago,
            new OpenSpan(new LocalTime(8, 0), new LocalTime(12, 0)),
            new OpenSpan(new LocalTime(12, 0), new LocalTime(18, 0))
        );

        Assert.Equal(At("2026-11-24T18:00:00"), hours.NextClosing(At("2026-11-24T09:00:00")));
        Assert.Equal(At("2026-11-25T08:00:00"), hours.NextOpening(At("2026-11-24T09:00:00")));
    }

    [Fact]
    public void Open_past_midnight_closes_on_the_next_day()
    {
        var hours = Daily(
            Chicago,
            new OpenSpan(LocalTime.Midnight, new LocalTime(2, 0)),
            new OpenSpan(new LocalTime(20, 0), LocalTime.Midnight)
        );

        Assert.Equal(At("2026-11-25T02:00:00"), hours.NextClosing(At("2026-11-24T23:00:00")));
    }

    [Fact]
    public void A_closing_time_that_the_clock_jumps_over_is_the_moment_of_the_jump()
    {
        // On 14 March 2027 the clock jumps from 2:00 to 3:00.
        var hours = Daily(Chicago, new OpenSpan(LocalTime.Midnight, new LocalTime(2, 30)));
        var jump = At("2027-03-14T03:00:00");

        Assert.True(hours.IsOpen(jump - Duration.FromSeconds(1)));
        Assert.False(hours.IsOpen(jump));
        Assert.Equal(jump, hours.ClosedSince(jump + Duration.FromMinutes(10)));
        Assert.Equal(jump, hours.ClosedSince(jump + Duration.FromMinutes(50)));
    }

    [Fact]
    public void An_opening_time_that_the_clock_jumps_over_is_the_moment_of_the_jump()
    {
        var hours = Daily(Chicago, new OpenSpan(new LocalTime(2, 30), new LocalTime(6, 0)));

        Assert.Equal(At("2027-03-14T03:00:00"), hours.NextOpening(At("2027-03-14T01:00:00")));
    }

    [Fact]
    public void A_closing_time_that_comes_twice_begins_one_closed_period()
    {
        // In Havana the clock goes back from 1:00 to 0:00: midnight comes twice.
        var havana = DateTimeZoneProviders.Tzdb["America/Havana"];
        var hours = Daily(havana, new OpenSpan(new LocalTime(8, 0), LocalTime.Midnight));
        var back = havana
            .GetZoneIntervals(
                Instant.FromUtc(2024, 10, 1, 0, 0),
                Instant.FromUtc(2024, 12, 1, 0, 0)
            )
            .Skip(1)
            .First()
            .Start;
        var closed = back - Duration.FromHours(1);

        Assert.Equal(closed, hours.ClosedSince(back - Duration.FromMinutes(10)));
        Assert.Equal(closed, hours.ClosedSince(back + Duration.FromMinutes(10)));
    }

    public static TheoryData<string> Zones =>
        [
            "America/New_York",
            "America/Chicago",
            "America/Denver",
            "America/Phoenix",
            "America/Los_Angeles",
            "America/Anchorage",
            "Pacific/Honolulu",
            "America/St_Johns",
            "America/Halifax",
            "America/Regina",
            "America/Puerto_Rico",
            "America/Santiago",
            "America/Havana",
            "America/Asuncion",
            "Africa/Cairo",
        ];

    [Theory]
    [MemberData(nameof(Zones))]
    public void At_the_next_opening_it_is_open_and_just_before_it_is_not(string zone)
    {
        var hours = Clinic(DateTimeZoneProviders.Tzdb[zone]);
        Gen.Long[0, 3L * 366 * 24 * 60]
            .Sample(
                minutes =>
                {
                    var at = Instant.FromUtc(2025, 1, 1, 0, 0) + Duration.FromMinutes(minutes);
                    var opens = hours.NextOpening(at)!.Value;
                    Assert.True(opens > at);
                    Assert.True(hours.IsOpen(opens));
                    Assert.False(hours.IsOpen(opens - Duration.FromNanoseconds(1)));
                    if (hours.ClosedSince(at) is { } since)
                    {
                        Assert.True(since <= at);
                        Assert.False(hours.IsOpen(since));
                        Assert.True(hours.IsOpen(since - Duration.FromNanoseconds(1)));
                    }
                    var allowed = QuietHours.Default.NextAllowed(at, hours.Zone);
                    Assert.True(allowed >= at);
                    var local = allowed.InZone(hours.Zone).TimeOfDay;
                    Assert.True(QuietHours.Default.From <= local && local < QuietHours.Default.To);
                },
                iter: 2_000
            );
    }

    /// <summary>The same spans every day.</summary>
    private static ClinicHours Daily(DateTimeZone zone, params OpenSpan[] spans) =>
        new(
            zone,
            Enumerable
                .Range(1, 7)
                .ToDictionary(d => (IsoDayOfWeek)d, IReadOnlyList<OpenSpan> (_) => spans),
            []
        );

    private static ClinicHours Clinic(DateTimeZone zone)
    {
        IReadOnlyList<OpenSpan> week =
        [
            new(new LocalTime(8, 0), new LocalTime(12, 0)),
            new(new LocalTime(13, 0), new LocalTime(18, 0)),
        ];
        return new ClinicHours(
            zone,
            new Dictionary<IsoDayOfWeek, IReadOnlyList<OpenSpan>>
            {
                [IsoDayOfWeek.Monday] = week,
                [IsoDayOfWeek.Tuesday] = week,
                [IsoDayOfWeek.Wednesday] = week,
                [IsoDayOfWeek.Thursday] = week,
                [IsoDayOfWeek.Friday] = week,
                [IsoDayOfWeek.Saturday] = [new(new LocalTime(9, 0), new LocalTime(12, 0))],
            },
            [
                new ClosedDays(
                    new LocalDate(2026, 11, 26),
                    new LocalDate(2026, 11, 26),
                    "Thanksgiving"
                ),
            ]
        );
    }

    private static Instant At(string local) =>
        LocalDateTimePattern.GeneralIso.Parse(local).Value.InZoneStrictly(Chicago).ToInstant();
}
