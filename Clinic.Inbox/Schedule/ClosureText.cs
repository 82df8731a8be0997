using System.Globalization;

namespace Clinic.Inbox.Schedule;

/// <summary>Days of a closure in words.</summary>
internal static class ClosureText
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <summary>"Thu, Nov 26, 2026", "Thu, Dec 24 – Fri, Jan 1, 2027".</summary>
    public static string Days(DateOnly from, DateOnly to) =>
        from == to ? Full(to)
        : from.Year == to.Year ? $"{from.ToString("ddd, MMM d", English)} – {Full(to)}"
        : $"{Full(from)} – {Full(to)}";

    private static string Full(DateOnly day) => day.ToString("ddd, MMM d, yyyy", English);
}
