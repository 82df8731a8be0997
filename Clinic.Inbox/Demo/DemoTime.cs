using System.Globalization;
using System.Text.RegularExpressions;
using Clinic.Inbox.Schedule;
using NodaTime;

namespace Clinic.Inbox.Demo;

/// <summary>
/// Times as the demo's tables write them, seen from the moment of the first look: whenever that is, the clinic had just
/// been at work.
/// </summary>
internal sealed partial class DemoTime(DateTimeOffset now, DateTimeZone zone)
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    public DateTimeOffset Now => now;

    public LocalDate Today { get; } = ClinicDay.At(now, zone).Date;

    /// <summary>An instant of a day counted from today, by the clinic's clocks.</summary>
    public DateTimeOffset On(int day, LocalTime time) =>
        zone.AtLeniently(Today.PlusDays(day).At(time)).ToDateTimeOffset();

    /// <summary>The clinic is open every day, 8 to 6 and Sundays 9 to 5.</summary>
    public static (LocalTime Opens, LocalTime Closes) Hours(IsoDayOfWeek day) =>
        day == IsoDayOfWeek.Sunday
            ? (new LocalTime(9, 0), new LocalTime(17, 0))
            : (new LocalTime(8, 0), new LocalTime(18, 0));

    /// <summary>Goes back by that many minutes of opening hours: somebody was at the desk then.</summary>
    public DateTimeOffset OpenMinutesAgo(int minutes)
    {
        var left = TimeSpan.FromMinutes(minutes);
        var until = now;
        for (var day = 0; ; day--)
        {
            var (opens, closes) = Hours(Today.PlusDays(day).DayOfWeek);
            var (start, end) = (On(day, opens), On(day, closes));
            var from = until < end ? until : end;
            if (from - start > left)
            {
                return from - left;
            }
            left -= from > start ? from - start : TimeSpan.Zero;
        }
    }

    /// <summary>Writes out <c>{+2 day}</c> and <c>{+2 date}</c>.</summary>
    public string Words(string text) =>
        DayToken()
            .Replace(
                text,
                match =>
                {
                    var day = Today.PlusDays(
                        int.Parse(match.Groups["n"].ValueSpan, CultureInfo.InvariantCulture)
                    );
                    return day.ToString(
                        match.Groups["as"].Value == "day" ? "dddd" : "MMM d",
                        English
                    );
                }
            );

    [GeneratedRegex(
        @"\{(?<n>[+-]\d+) (?<as>day|date)\}",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex DayToken();
}
