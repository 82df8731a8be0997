using NodaTime;
using NodaTime.TimeZones;

namespace Clinic.Inbox.Settings;

/// <summary>The time zones to choose from.</summary>
public static class TimeZones
{
    /// <summary>Those of the United States and Canada, by the names people there use.</summary>
    public static readonly IReadOnlyList<(string Id, string Name)> Near =
    [
        ("America/New_York", "Eastern (New York)"),
        ("America/Chicago", "Central (Chicago)"),
        ("America/Denver", "Mountain (Denver)"),
        ("America/Phoenix", "Arizona (Phoenix)"),
        ("America/Los_Angeles", "Pacific (Los Angeles)"),
        ("America/Anchorage", "Alaska (Anchorage)"),
        ("Pacific/Honolulu", "Hawaii (Honolulu)"),
        ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
        ("America/Toronto", "Eastern (Toronto)"),
        ("America/Halifax", "Atlantic (Halifax)"),
        ("America/St_Johns", "Newfoundland (St. John's)"),
    ];

    /// <summary>Every other place of the IANA database, by id.</summary>
    public static readonly IReadOnlyList<string> Others =
    [
        .. TzdbDateTimeZoneSource
            .Default.ZoneLocations!.Select(place => place.ZoneId)
            .Where(id => DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) is not null)
            .Except(Near.Select(zone => zone.Id), StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>An id as people read it.</summary>
    public static string NameOf(string id) => id.Replace('_', ' ');
}
