using System.Diagnostics;
using Clinic.Inbox.Schedule;

namespace Clinic.Inbox.Tests.Schedule;

public sealed class CalendarImportTests
{
    private static readonly DateOnly Today = new(2026, 11, 24);

    [Fact]
    public void Days_come_with_their_names_earliest_first_and_the_past_stays_away()
    {
        var found = Import(
            """
            BEGIN:VEVENT
            UID:2
            DTSTART;VALUE=DATE:20261224
            DTEND;VALUE=DATE:20261227
            SUMMARY:Christmas
            END:VEVENT
            BEGIN:VEVENT
            UID:1
            DTSTART;VALUE=DATE:20200704
            DTEND;VALUE=DATE:20200705
            RRULE:FREQ=YEARLY
            SUMMARY:Independence Day
            END:VEVENT
            BEGIN:VEVENT
            UID:3
            DTSTART;VALUE=DATE:20200101
            DTEND;VALUE=DATE:20200102
            SUMMARY:Long ago
            END:VEVENT
            """
        );

        Assert.Equal(
            [
                (new DateOnly(2026, 12, 24), new DateOnly(2026, 12, 26), "Christmas"),
                (new DateOnly(2027, 7, 4), new DateOnly(2027, 7, 4), "Independence Day"),
                (new DateOnly(2028, 7, 4), new DateOnly(2028, 7, 4), "Independence Day"),
            ],
            found
        );
    }

    [Theory]
    [InlineData("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")]
    [InlineData("FREQ=SECONDLY")]
    [InlineData("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31")]
    public void A_rule_that_never_or_always_comes_true_ends(string rule)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var found = Import(
                $"""
                BEGIN:VEVENT
                UID:1
                DTSTART:20261124T080000
                DURATION:PT1H
                RRULE:{rule}
                SUMMARY:Endless
                END:VEVENT
                """
            );
            Assert.True(found.Count <= 500);
        }
        catch (FormatException)
        {
            // Refused: as good.
        }
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>no calendar</html>")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:never\nEND:VEVENT\nEND:VCALENDAR")]
    public void What_is_no_calendar_is_refused_or_empty(string text)
    {
        try
        {
            Assert.Empty(Holidays.Import(text, Today));
        }
        catch (FormatException refused)
        {
            Assert.Contains("iCalendar", refused.Message, StringComparison.Ordinal);
        }
    }

    private static IReadOnlyList<(DateOnly From, DateOnly To, string Name)> Import(string events) =>
        Holidays.Import(
            $"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{events}\nEND:VCALENDAR\n",
            Today
        );
}
