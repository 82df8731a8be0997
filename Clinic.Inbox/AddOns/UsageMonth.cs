using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Clinic.Inbox.AddOns;

/// <summary>A calendar month of the clinic and the instants between which it lies.</summary>
/// <param name="From">Its first instant.</param>
/// <param name="To">The first instant of the next.</param>
public sealed record UsageMonth(YearMonth Month, DateTimeOffset From, DateTimeOffset To)
{
    private static readonly YearMonthPattern Iso = YearMonthPattern.Iso;
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <summary>As it stands in addresses, in the API and in the database: <c>2026-11</c>.</summary>
    public string Key => KeyOf(Month);

    /// <summary>"November 2026".</summary>
    public string Name => NameOf(Month);

    public static UsageMonth Of(YearMonth month, DateTimeZone zone)
    {
        var first = month.OnDayOfMonth(1);
        return new UsageMonth(
            month,
            zone.AtStartOfDay(first).ToDateTimeOffset().ToUniversalTime(),
            zone.AtStartOfDay(first.PlusMonths(1)).ToDateTimeOffset().ToUniversalTime()
        );
    }

    /// <summary>The month in which an instant lies.</summary>
    public static UsageMonth At(DateTimeOffset at, DateTimeZone zone) =>
        Of(Instant.FromDateTimeOffset(at).InZone(zone).Date.ToYearMonth(), zone);

    /// <summary>Reads <c>2026-11</c>; false for anything else, and for years in which nobody texts.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out YearMonth month)
    {
        month = default;
        return text is not null
            && Iso.Parse(text).TryGetValue(default, out month)
            && month.Year is >= 1990 and <= 9000;
    }

    public static string KeyOf(YearMonth month) =>
        month.ToString("uuuu'-'MM", CultureInfo.InvariantCulture);

    public static string NameOf(YearMonth month) =>
        month.OnDayOfMonth(1).ToDateTimeUnspecified().ToString("MMMM yyyy", English);
}
