using System.Globalization;
using Clinic.Inbox.Schedule;
using NodaTime;

namespace Clinic.Inbox.AfterHours;

/// <summary>When the clinic opens again, as one says it.</summary>
public static class OpensNext
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <summary>"today at 1:00 PM", "tomorrow at 8:00 AM", "on Monday at 8:00 AM", "on November 30 at 8:00 AM", "soon".</summary>
    public static string InWords(ClinicHours hours, Instant now)
    {
        if (hours.NextOpening(now) is not { } next)
        {
            return "soon";
        }
        var local = next.InZone(hours.Zone).LocalDateTime;
        var days = Period.DaysBetween(now.InZone(hours.Zone).Date, local.Date);
        var day = days switch
        {
            0 => "today",
            1 => "tomorrow",
            < 7 => "on " + local.ToDateTimeUnspecified().ToString("dddd", English),
            _ => "on " + local.ToDateTimeUnspecified().ToString("MMMM d", English),
        };
        return $"{day} at {local.ToDateTimeUnspecified().ToString("h:mm tt", English)}";
    }
}
