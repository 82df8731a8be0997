using Clinic.Inbox.Schedule;
using Clinic.Inbox.Tests.Fixtures;
using NodaTime;

namespace Clinic.Inbox.Tests.Schedule;

public sealed class ClinicDayTests
{
    private static readonly DateTimeZone Chicago = DateTimeZoneProviders.Tzdb["America/Chicago"];

    [Theory]
    [InlineData(2026, 3, 8, 23)]
    [InlineData(2026, 11, 1, 25)]
    [InlineData(2026, 11, 2, 24)]
    public void A_day_is_as_long_as_the_clocks_make_it(int year, int month, int day, int hours)
    {
        var chosen = ClinicDay.Of(new LocalDate(year, month, day), Chicago);

        Assert.Equal(hours, (chosen.End - chosen.Start).TotalHours);
        Assert.Equal(new LocalDate(year, month, day), chosen.Local(chosen.Start).Date);
        Assert.False(chosen.Contains(chosen.End));
    }

    [Fact]
    public void A_day_whose_midnight_the_clocks_skip_starts_at_one()
    {
        var day = ClinicDay.Of(
            new LocalDate(2018, 11, 4),
            DateTimeZoneProviders.Tzdb["America/Sao_Paulo"]
        );

        Assert.Equal(new LocalTime(1, 0), day.Local(day.Start).TimeOfDay);
    }

    [Fact]
    public async Task A_visit_belongs_to_the_clinics_day_and_not_to_that_of_utc()
    {
        await using var app = await InboxApp.StartAsync();
        var clinic = await Arranged.InAsync(app);
        var ct = TestContext.Current.CancellationToken;
        // 10:30 PM on the day the clocks went back, and 12:30 AM of the next: both November 2 in UTC.
        var late = new DateTimeOffset(2026, 11, 2, 4, 30, 0, TimeSpan.Zero);
        var early = new DateTimeOffset(2026, 11, 2, 6, 30, 0, TimeSpan.Zero);
        var book = app.Get<AppointmentBook>();
        await book.BookAsync(clinic.Draft(late), Arranged.Maya, ct);
        await book.BookAsync(clinic.Draft(early), Arranged.Maya, ct);
        var queries = app.Get<ScheduleQueries>();

        var first = await queries.DayAsync(new LocalDate(2026, 11, 1), ct);
        var visit = Assert.Single(await queries.VisitsAsync(first, ct));
        var second = await queries.DayAsync(new LocalDate(2026, 11, 2), ct);

        Assert.Equal(late, visit.StartsAt);
        Assert.Equal("Biscuit", visit.Patient!.Name);
        Assert.Equal("+13125550134", Assert.Single(visit.Client.Phones).Number.Value);
        Assert.Equal(early, Assert.Single(await queries.VisitsAsync(second, ct)).StartsAt);
    }
}
