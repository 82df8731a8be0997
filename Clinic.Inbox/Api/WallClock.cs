using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Clinic.Inbox.Api;

/// <summary>Times and days of the clinic's wall clock, as the API writes them: <c>08:00</c>, <c>2026-11-26</c>.</summary>
internal static class WallClock
{
    private static readonly LocalTimePattern Time = LocalTimePattern.CreateWithInvariantCulture(
        "HH':'mm"
    );

    public static string Write(LocalTime time) => Time.Format(time);

    public static string Write(DateOnly day) =>
        day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Hours and minutes; <c>24:00</c> is the midnight at the end of the day.</summary>
    public static bool TryRead(string? text, out LocalTime time)
    {
        var read = Time.Parse(text == "24:00" ? "00:00" : text ?? "");
        return read.TryGetValue(LocalTime.Midnight, out time);
    }

    public static bool TryRead(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(
            text,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out day
        );
}
