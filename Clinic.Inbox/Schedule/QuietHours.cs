using NodaTime;
using NodaTime.TimeZones;

namespace Clinic.Inbox.Schedule;

/// <summary>
/// The daily window in which the system may text by itself. Federal law binds solicitations to 8 to 21 o'clock
/// (47 CFR 64.1200(c)(1)); a clinic keeps reminders inside a window as well.
/// </summary>
/// <param name="From">First minute of the day that is allowed.</param>
/// <param name="To">First minute that is not; later than <paramref name="From"/>.</param>
public sealed record QuietHours(LocalTime From, LocalTime To)
{
    public const string Key = "quietHours";

    /// <summary>Eight in the morning to nine in the evening.</summary>
    public static readonly QuietHours Default = new(new LocalTime(8, 0), new LocalTime(21, 0));

    /// <summary><paramref name="at"/> itself where it is allowed, else when it is allowed next.</summary>
    public Instant NextAllowed(Instant at, DateTimeZone zone)
    {
        var local = at.InZone(zone).LocalDateTime;
        if (From <= local.TimeOfDay && local.TimeOfDay < To)
        {
            return at;
        }
        var day = local.TimeOfDay < From ? local.Date : local.Date.PlusDays(1);
        return zone.ResolveLocal(day.At(From), Resolvers.LenientResolver).ToInstant();
    }
}
