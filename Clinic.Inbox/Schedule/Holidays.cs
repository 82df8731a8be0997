using Ical.Net;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;
using NodaTime;

namespace Clinic.Inbox.Schedule;

/// <summary>
/// Days that clinics are closed on: the federal holidays of the United States (5 U.S.C. 6103) and the statutory ones of Canada
/// (Canada Labour Code, Part III), on the days they are observed, and those of an iCalendar file.
/// </summary>
public static class Holidays
{
    private const int MostDays = 500;

    /// <summary>A rule that never comes true must not be looked for until the end of time.</summary>
    private static readonly EvaluationOptions Bounded = new()
    {
        MaxUnmatchedIncrementsLimit = 10_000,
    };

    /// <summary>Earliest first.</summary>
    /// <param name="country">US or CA.</param>
    /// <exception cref="ArgumentException">Another country.</exception>
    public static IReadOnlyList<(DateOnly Day, string Name)> Of(string country, int year) =>
        [
            .. (
                country switch
                {
                    "US" => UnitedStates(year),
                    "CA" => Canada(year),
                    _ => throw new ArgumentException(
                        "There are lists for US and CA.",
                        nameof(country)
                    ),
                }
            )
                .Select(h => (h.Day.ToDateOnly(), h.Name))
                .OrderBy(h => h.Item1),
        ];

    /// <summary>All-day and timed events of an iCalendar file, repeated ones within <paramref name="from"/> and two years; at most 500.</summary>
    /// <exception cref="FormatException">It is no iCalendar.</exception>
    public static IReadOnlyList<(DateOnly From, DateOnly To, string Name)> Import(
        string iCalendar,
        DateOnly from
    )
    {
        try
        {
            var calendars = CalendarCollection.Load(iCalendar);
            var start = new CalDateTime(from.Year, from.Month, from.Day);
            var end = from.AddYears(2);
            return
            [
                .. calendars
                    .SelectMany(c =>
                        c.GetOccurrences(start, Bounded)
                            .TakeWhile(o => DateOnly.FromDateTime(o.Period.StartTime.Value) < end)
                    )
                    .Take(MostDays)
                    .Select(DaysOf)
                    // Longer than a year is no closure: a calendar's own remark.
                    .Where(c => Closure.Problem(c.From, c.To, c.Name) is null)
                    .Distinct()
                    .OrderBy(c => c.From),
            ];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new FormatException("This is no iCalendar file (.ics).", e);
        }
    }

    private static (DateOnly From, DateOnly To, string Name) DaysOf(Occurrence occurrence)
    {
        var first = DateOnly.FromDateTime(occurrence.Period.StartTime.Value);
        var after =
            occurrence.Period.EffectiveEndTime?.Value
            ?? occurrence.Period.StartTime.Value.AddDays(1);
        // An all-day event ends at the beginning of the day after it.
        var last = DateOnly.FromDateTime(after.AddTicks(-1));
        var name = (occurrence.Source as Ical.Net.CalendarComponents.CalendarEvent)?.Summary;
        return (first, last < first ? first : last, Shortened(name));
    }

    private static string Shortened(string? name) =>
        string.IsNullOrWhiteSpace(name) ? "Closed"
        : name.Trim().Length > 100 ? name.Trim()[..100]
        : name.Trim();

    private static IEnumerable<(LocalDate Day, string Name)> UnitedStates(int year) =>
        [
            (Observed(new LocalDate(year, 1, 1)), "New Year's Day"),
            (Nth(3, IsoDayOfWeek.Monday, year, 1), "Martin Luther King Jr. Day"),
            (Nth(3, IsoDayOfWeek.Monday, year, 2), "Presidents' Day"),
            (Last(IsoDayOfWeek.Monday, year, 5), "Memorial Day"),
            (Observed(new LocalDate(year, 6, 19)), "Juneteenth"),
            (Observed(new LocalDate(year, 7, 4)), "Independence Day"),
            (Nth(1, IsoDayOfWeek.Monday, year, 9), "Labor Day"),
            (Nth(2, IsoDayOfWeek.Monday, year, 10), "Columbus Day"),
            (Observed(new LocalDate(year, 11, 11)), "Veterans Day"),
            (Nth(4, IsoDayOfWeek.Thursday, year, 11), "Thanksgiving Day"),
            (Observed(new LocalDate(year, 12, 25)), "Christmas Day"),
        ];

    private static IEnumerable<(LocalDate Day, string Name)> Canada(int year) =>
        [
            (new LocalDate(year, 1, 1), "New Year's Day"),
            (Easter(year).PlusDays(-2), "Good Friday"),
            (new LocalDate(year, 5, 25).Previous(IsoDayOfWeek.Monday), "Victoria Day"),
            (new LocalDate(year, 7, 1), "Canada Day"),
            (Nth(1, IsoDayOfWeek.Monday, year, 9), "Labour Day"),
            (new LocalDate(year, 9, 30), "National Day for Truth and Reconciliation"),
            (Nth(2, IsoDayOfWeek.Monday, year, 10), "Thanksgiving"),
            (new LocalDate(year, 11, 11), "Remembrance Day"),
            (new LocalDate(year, 12, 25), "Christmas Day"),
            (new LocalDate(year, 12, 26), "Boxing Day"),
        ];

    /// <summary>On a Saturday it is observed the Friday before, on a Sunday the Monday after (5 U.S.C. 6103(b)).</summary>
    private static LocalDate Observed(LocalDate day) =>
        day.DayOfWeek switch
        {
            IsoDayOfWeek.Saturday => day.PlusDays(-1),
            IsoDayOfWeek.Sunday => day.PlusDays(1),
            _ => day,
        };

    private static LocalDate Nth(int n, IsoDayOfWeek weekday, int year, int month) =>
        LocalDate.FromYearMonthWeekAndDay(year, month, n, weekday);

    private static LocalDate Last(IsoDayOfWeek weekday, int year, int month) =>
        LocalDate.FromYearMonthWeekAndDay(year, month, 5, weekday);

    /// <summary>Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876.</summary>
    private static LocalDate Easter(int year)
    {
        var a = year % 19;
        var (b, c) = (year / 100, year % 100);
        var h = ((19 * a) + b - (b / 4) - ((b - ((b + 8) / 25) + 1) / 3) + 15) % 30;
        var l = (32 + (2 * (b % 4)) + (2 * (c / 4)) - h - (c % 4)) % 7;
        var m = (a + (11 * h) + (22 * l)) / 451;
        var month = (h + l - (7 * m) + 114) / 31;
        return new LocalDate(year, month, ((h + l - (7 * m) + 114) % 31) + 1);
    }
}
