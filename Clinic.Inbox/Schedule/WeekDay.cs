using System.Globalization;
using NodaTime;

namespace Clinic.Inbox.Schedule;

/// <summary>A day of the week that is shown.</summary>
/// <param name="Closed">Why the clinic is closed; null: it is open.</param>
public sealed record WeekDay(LocalDate Date, string? Closed)
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <summary>"Tue".</summary>
    public string Name => Date.ToString("ddd", English);

    /// <summary>The week of <paramref name="date"/>, Sunday first, as calendars of the US and Canada have it.</summary>
    public static IReadOnlyList<WeekDay> Around(LocalDate date, ClinicHours hours)
    {
        var sunday = date.PlusDays(-((int)date.DayOfWeek % 7));
        return
        [
            .. Enumerable
                .Range(0, 7)
                .Select(sunday.PlusDays)
                .Select(day => new WeekDay(day, BookingWarnings.ClosedOn(hours, day))),
        ];
    }
}
