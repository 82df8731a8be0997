using System.Globalization;

namespace Clinic.Inbox.Schedule;

/// <summary>A visit in words.</summary>
internal static class VisitText
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <summary>"9:30 AM" on the clinic's clocks, on one line.</summary>
    public static string Time(this ClinicDay day, DateTimeOffset at) =>
        day.Local(at).ToString("h:mm tt", English).Replace(' ', '\u00a0');

    /// <summary>"9:30 – 10:00 AM"; a stay that reaches over the day names the other day too.</summary>
    public static string Span(this ClinicDay day, Visit visit)
    {
        var (start, end) = (day.Local(visit.StartsAt), day.Local(visit.EndsAt));
        if (start.Date != end.Date)
        {
            return $"{start.ToString("MMM d, h:mm tt", English)} – {end.ToString("MMM d, h:mm tt", English)}";
        }
        var sameHalf = start.Hour / 12 == end.Hour / 12;
        return $"{start.ToString(sameHalf ? "h:mm" : "h:mm tt", English)} – {day.Time(visit.EndsAt)}";
    }

    /// <summary>The patient, or the client's family when the visit names none.</summary>
    public static string Who(this Visit visit) => visit.Patient?.Name ?? visit.Client.FullName;

    /// <summary>"Dr. Osei", or that nobody was given the visit.</summary>
    public static string NameOf(string staff) => staff.Length == 0 ? "Not assigned" : staff;

    public static bool IsOff(this Visit visit) =>
        visit.Status is AppointmentStatus.Cancelled or AppointmentStatus.NoShow;
}
