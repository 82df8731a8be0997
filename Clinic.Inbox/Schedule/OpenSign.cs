using System.Globalization;
using Clinic.Inbox.AfterHours;
using NodaTime;

namespace Clinic.Inbox.Schedule;

/// <summary>What a sign at the door would say.</summary>
public static class OpenSign
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <summary>"Open now until 6:00 PM", "Open around the clock", "Closed; opens tomorrow at 8:00 AM".</summary>
    public static string InWords(ClinicHours hours, Instant now)
    {
        if (!hours.IsOpen(now))
        {
            return hours.NextOpening(now) is null
                ? "Closed; no opening within a year"
                : $"Closed; opens {OpensNext.InWords(hours, now)}";
        }
        if (hours.NextClosing(now) is not { } closing)
        {
            return "Open around the clock";
        }
        var until = closing.InZone(hours.Zone).LocalDateTime;
        var days = Period.DaysBetween(now.InZone(hours.Zone).Date, until.Date);
        if (days == 1 && until.TimeOfDay == LocalTime.Midnight)
        {
            return "Open now until midnight";
        }
        var time = until.ToDateTimeUnspecified().ToString("h:mm tt", English);
        return days switch
        {
            0 => $"Open now until {time}",
            1 => $"Open now until tomorrow at {time}",
            _ =>
                $"Open now until {until.ToDateTimeUnspecified().ToString("dddd, MMMM d", English)} at {time}",
        };
    }
}
