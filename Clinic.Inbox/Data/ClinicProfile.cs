namespace Clinic.Inbox.Data;

/// <summary>The clinic itself: one row, since one installation serves one clinic.</summary>
public sealed class ClinicProfile
{
    public int Id { get; private set; } = 1;

    /// <summary>Name as clients know it; it stands in the first text to every number.</summary>
    public string Name { get; private set; } = "Our clinic";

    /// <summary>IANA zone, for example <c>America/Chicago</c>. Every wall-clock rule is read in it.</summary>
    public string TimeZone { get; private set; } = "America/New_York";

    /// <summary>ISO 3166 region in which numbers typed without a country code are read.</summary>
    public string Region { get; private set; } = "US";

    /// <summary>The front desk's voice number, shown in help texts; empty when unknown.</summary>
    public string Phone { get; private set; } = "";

    /// <summary>The clinic's calendar day at an instant.</summary>
    public DateOnly DayOf(DateTimeOffset at) =>
        NodaTime
            .Instant.FromDateTimeOffset(at)
            .InZone(NodaTime.DateTimeZoneProviders.Tzdb[TimeZone])
            .Date.ToDateOnly();

    public void Describe(string name, string timeZone, string region, string phone)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) is null)
        {
            throw new ArgumentException($"'{timeZone}' is no IANA time zone.", nameof(timeZone));
        }
        Name = name.Trim();
        TimeZone = timeZone;
        Region = region;
        Phone = phone.Trim();
    }
}
