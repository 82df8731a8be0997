using System.Globalization;
using NodaTime;
using NodaTime.Extensions;

namespace Clinic.Inbox.Layout;

/// <summary>How much of an instant is written.</summary>
public enum TimeStyle
{
    /// <summary>Today "3:41 PM", yesterday "Yesterday", this week "Tue", this year "Nov 3", else "Nov 3, 2025".</summary>
    Smart,

    /// <summary>"3:41 PM".</summary>
    Time,

    /// <summary>"Tue, Nov 3" or, of another year, "Tue, Nov 3, 2025"; "Today" and "Yesterday" by name.</summary>
    Day,

    /// <summary>"Nov 3, 2026, 3:41 PM".</summary>
    Full,
}

/// <summary>Writes instants as the clinic's own clock and calendar show them. Cheap to use in lists.</summary>
public sealed class ClinicClock(TimeProvider time)
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");
    private DateTimeZone _zone = DateTimeZoneProviders.Tzdb["America/New_York"];

    /// <summary>The clinic's IANA zone.</summary>
    /// <exception cref="NodaTime.TimeZones.DateTimeZoneNotFoundException">There is none of that name.</exception>
    public void UseZone(string timeZone) => _zone = DateTimeZoneProviders.Tzdb[timeZone];

    /// <summary>The day it is at the clinic now.</summary>
    public LocalDate Today => Local(time.GetUtcNow()).Date;

    public LocalDateTime Local(DateTimeOffset at) => at.ToInstant().InZone(_zone).LocalDateTime;

    /// <summary>The first instant of a day at the clinic.</summary>
    public DateTimeOffset StartOf(LocalDate day) =>
        _zone.AtStartOfDay(day).ToInstant().ToDateTimeOffset();

    public string Full(DateTimeOffset at) => Write(Local(at), "MMM d, yyyy, h:mm tt");

    public string Format(DateTimeOffset at, TimeStyle style)
    {
        var local = Local(at);
        return style switch
        {
            TimeStyle.Time => Write(local, "h:mm tt"),
            TimeStyle.Full => Full(at),
            TimeStyle.Day => Day(local),
            _ => Smart(local),
        };
    }

    private string Day(LocalDateTime local)
    {
        var today = Today;
        return Period.DaysBetween(local.Date, today) switch
        {
            0 => "Today",
            1 => "Yesterday",
            _ => Write(local, local.Year == today.Year ? "ddd, MMM d" : "ddd, MMM d, yyyy"),
        };
    }

    private string Smart(LocalDateTime local)
    {
        var today = Today;
        return Period.DaysBetween(local.Date, today) switch
        {
            0 => Write(local, "h:mm tt"),
            1 => "Yesterday",
            > 1 and < 7 => Write(local, "ddd"),
            _ => Write(local, local.Year == today.Year ? "MMM d" : "MMM d, yyyy"),
        };
    }

    // A no-break space keeps "3:41 PM" on one line.
    private static string Write(LocalDateTime local, string format) =>
        local
            .ToDateTimeUnspecified()
            .ToString(format, English)
            .Replace(" PM", "\u00a0PM", StringComparison.Ordinal)
            .Replace(" AM", "\u00a0AM", StringComparison.Ordinal);
}
