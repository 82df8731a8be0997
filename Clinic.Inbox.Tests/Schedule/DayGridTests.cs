using Clinic.Inbox.Clients;
using Clinic.Inbox.Data;
using Clinic.Inbox.Schedule;
using NodaTime;
using Visit = Clinic.Inbox.Schedule.Visit;

namespace Clinic.Inbox.Tests.Schedule;

public sealed class DayGridTests
{
    private static readonly DateTimeZone Chicago = DateTimeZoneProviders.Tzdb["America/Chicago"];
    private static readonly ClinicDay Usual = ClinicDay.Of(new LocalDate(2026, 11, 10), Chicago);

    [Fact]
    public void A_quiet_day_reaches_from_eight_to_six()
    {
        var grid = DayGrid.Of(Usual, []);

        Assert.Equal(600, grid.Minutes);
        Assert.Equal(("8 AM", "5 PM"), (grid.Hours[0].Label, grid.Hours[^1].Label));
        Assert.Empty(grid.Columns);
    }

    [Fact]
    public void A_visit_outside_these_hours_widens_the_day_to_whole_hours()
    {
        var grid = DayGrid.Of(Usual, [Visit(Usual, "06:40", 30), Visit(Usual, "18:10", 30)]);

        Assert.Equal("6 AM", grid.Hours[0].Label);
        Assert.Equal(13 * 60, grid.Minutes);
        Assert.Equal(40, grid.Columns[0].Visits[0].At);
    }

    [Fact]
    public void Visits_of_one_person_that_overlap_stand_side_by_side()
    {
        var grid = DayGrid.Of(
            Usual,
            [
                Visit(Usual, "09:00", 60),
                Visit(Usual, "09:30", 60),
                Visit(Usual, "10:00", 20),
                Visit(Usual, "11:00", 20),
            ]
        );

        Assert.Equal(
            [(0, 2), (1, 2), (0, 2), (0, 1)],
            grid.Columns[0].Visits.Select(v => (v.Lane, v.Lanes))
        );
    }

    [Fact]
    public void Each_person_has_a_column_and_what_nobody_was_given_comes_last()
    {
        var grid = DayGrid.Of(
            Usual,
            [
                Visit(Usual, "09:00", 30, ""),
                Visit(Usual, "09:00", 30, "Tessa"),
                Visit(Usual, "09:00", 30, "Dr. Osei"),
            ]
        );

        Assert.Equal(["Dr. Osei", "Tessa", ""], grid.Columns.Select(c => c.Staff));
    }

    [Fact]
    public void When_the_clocks_go_back_the_hour_that_comes_twice_is_drawn_twice()
    {
        var day = ClinicDay.Of(new LocalDate(2026, 11, 1), Chicago);
        // 12:30 AM, an hour and a half before the clocks go back at two.
        var grid = DayGrid.Of(day, [Visit(day, "00:30", 180)]);

        Assert.Equal(
            ["12 AM", "1 AM", "1 AM", "2 AM", "3 AM"],
            grid.Hours.Take(5).Select(h => h.Label)
        );
        Assert.Equal(180, grid.Columns[0].Visits[0].Length);
        Assert.Equal(19 * 60, grid.Minutes);
    }

    [Fact]
    public void When_the_clocks_go_forward_the_hour_that_is_skipped_is_not_drawn()
    {
        var day = ClinicDay.Of(new LocalDate(2026, 3, 8), Chicago);
        var grid = DayGrid.Of(day, [Visit(day, "01:00", 30)]);

        Assert.Equal(["1 AM", "3 AM", "4 AM"], grid.Hours.Take(3).Select(h => h.Label));
    }

    [Fact]
    public void A_stay_over_several_days_fills_the_day_and_no_more()
    {
        var stay = Visit(Usual, "09:00", 3 * 24 * 60);
        var second = ClinicDay.Of(new LocalDate(2026, 11, 11), Chicago);
        var grid = DayGrid.Of(second, [stay]);

        Assert.Equal(24 * 60, grid.Minutes);
        Assert.Equal(
            (0, 24 * 60),
            (grid.Columns[0].Visits[0].At, grid.Columns[0].Visits[0].Length)
        );
    }

    [Fact]
    public void The_now_line_is_drawn_only_while_the_day_is_shown()
    {
        var grid = DayGrid.Of(Usual, []);
        var nine = Chicago.AtLeniently(Usual.Date.At(new LocalTime(9, 0))).ToDateTimeOffset();

        Assert.Equal(60, grid.MinuteOf(nine));
        Assert.Null(grid.MinuteOf(nine.AddHours(10)));
        Assert.Null(grid.MinuteOf(nine.AddDays(-1)));
    }

    private static Visit Visit(ClinicDay day, string clock, int minutes, string staff = "Dr. Osei")
    {
        var time = TimeOnly.Parse(clock, System.Globalization.CultureInfo.InvariantCulture);
        var start = Chicago
            .AtLeniently(day.Date.At(LocalTime.FromTimeOnly(time)))
            .ToDateTimeOffset();
        var type = new AppointmentType(Id<AppointmentType>.New(start), "Exam", 30, "teal");
        var client = new Client(Id<Client>.New(start), "Ana", "Ruiz", start);
        return new Visit(
            new Appointment(
                Id<Appointment>.New(start),
                type.Id,
                client.Id,
                patientId: null,
                start,
                start.AddMinutes(minutes),
                staff
            ),
            type,
            client,
            Patient: null
        );
    }
}
